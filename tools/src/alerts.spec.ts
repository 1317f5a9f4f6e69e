import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { workspaceRoot } from './workspace.js';

type Rules = { readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[] };
type Case = { readonly alertname: string; readonly exp_alerts?: readonly object[] };
type Cases = {
  readonly rule_files: readonly string[];
  readonly tests: readonly { readonly input_series: readonly { readonly series: string }[]; readonly alert_rule_test: readonly Case[] }[];
};

const folder = join(workspaceRoot, 'deploy/prometheus');
const read = (file: string): unknown => parse(readFileSync(join(folder, file), 'utf8'));
const files = readdirSync(folder).filter((file) => file.endsWith('.yml'));
const caseFiles = files.filter((file) => file.endsWith('.test.yml'));
const ruleFiles = files.filter((file) => !caseFiles.includes(file));
const alertsOf = (file: string) => (read(file) as Rules).groups.flatMap(({ rules }) => rules);

/** Names in the sources that make metrics: whoever makes one imports prom-client. Each room compares with what it really serves. */
function metrics(): ReadonlySet<string> {
  const sources = ['apps', 'libs'].flatMap((kind) =>
    readdirSync(join(workspaceRoot, kind), { recursive: true, encoding: 'utf8' })
      .filter((file) => /^[^/]+\/src\/(?!gen\/).*\.ts$/.test(file) && !file.endsWith('.spec.ts'))
      .map((file) => readFileSync(join(workspaceRoot, kind, file), 'utf8')),
  );
  const making = sources.filter((text) => /^import \{(?! type Registry \}).*from 'prom-client'/m.test(text));
  return new Set(making.flatMap((text) => [...text.matchAll(/'([a-z]+(?:_[a-z]+)+)'/g)].map(([, name]) => name ?? '')));
}
const served = metrics();

/** What is wrong with an expression of PromQL: what cannot be parsed, by Prometheus's own grammar, and names of metrics that nobody serves. */
function faultsOf(expr: string): readonly string[] {
  const faults: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) faults.push(`cannot be parsed at ${from}, after "${expr.slice(Math.max(0, from - 12), from)}"`);
      if (type.name !== 'Identifier' || node.parent?.name !== 'VectorSelector') return;
      const name = expr.slice(from, to);
      if (!served.has(name) && !served.has(name.replace(/_(bucket|sum|count)$/, ''))) faults.push(`names ${name}, which nobody serves`);
    },
  });
  return faults;
}

describe('the alert rules', () => {
  it.each(ruleFiles.flatMap((file) => alertsOf(file).map(({ alert, expr }) => [file, alert, expr] as const)))(
    'of %s: %s is PromQL on metrics that are served',
    (_file, _alert, expr) => {
      expect(faultsOf(expr)).toEqual([]);
    },
  );

  it('are some in every file, and served metrics are found', () => {
    expect(ruleFiles.filter((file) => alertsOf(file).length === 0)).toEqual([]);
    expect([ruleFiles.length > 0, served.size > 10]).toEqual([true, true]);
  });

  it.each<[string, string[]]>([
    ['max by (group) (consumer_lags) > 0', ['names consumer_lags, which nobody serves']],
    ['max by (group (consumer_lag) > 0', expect.arrayContaining([expect.stringContaining('cannot be parsed at')]) as string[]],
    ['sum(rate(consumer_deliveries_total[2m])) >', ['cannot be parsed at 42, after "otal[2m])) >"']],
    ['maxx(consumer_lag) > 0', expect.arrayContaining(['cannot be parsed at 4, after "maxx"']) as string[]],
    ['consumer_lag{group="loyalty"} unless on (group) rate(http_server_request_duration_seconds_count[2m]) > 0', []],
  ])('would be refused for what is wrong with it: %s', (expr, faults) => {
    expect(faultsOf(expr)).toEqual(faults);
  });
});

describe.each(caseFiles)('the cases of %s', (file) => {
  const { rule_files: of, tests } = read(file) as Cases;
  const cases = tests.flatMap(({ alert_rule_test: each }) => each);

  it('are about the alerts beside them: of each one in which it fires and one in which it does not', () => {
    const alerts = of.flatMap(alertsOf).map(({ alert }) => alert);
    const firing = (isFiring: boolean) => cases.filter(({ exp_alerts: expected = [] }) => expected.length > 0 === isFiring);
    for (const isFiring of [true, false])
      expect([...new Set(firing(isFiring).map(({ alertname }) => alertname))].sort()).toEqual([...alerts].sort());
  });

  it('are fed with series that are served', () => {
    expect(tests.flatMap(({ input_series: fed }) => fed).flatMap(({ series }) => faultsOf(series))).toEqual([]);
  });

  // promtool is in Debian's package "prometheus", on neither npm nor Maven: where it is not installed, this is counted as skipped.
  const promtool = process.env['PROMTOOL'] ?? 'promtool';
  const runs = spawnSync(promtool, ['--version']).status === 0 ? it : it.skip;
  runs('pass promtool, which runs them (skipped without promtool, of the package "prometheus")', () => {
    const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', join(folder, file)], { encoding: 'utf8' });
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
  });
});
