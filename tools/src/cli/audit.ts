import { type Audited, auditAgain } from '../auditing.js';
import { commandLine } from '../command-line.js';
import { Failure, runMain } from '../failure.js';
import { signInAsStaff } from '../staff-api.js';

type Row = { readonly service: string; readonly table: string; readonly id: string };
type Violation = { readonly subject: string; readonly message: string; readonly rows: readonly Row[] };
type Invariant = {
  readonly id: string;
  readonly title: string;
  readonly remedy: string;
  readonly checked: number;
  readonly violations: readonly Violation[];
};

type Audit = {
  readonly kind: 'full' | 'incremental';
  readonly orders: number;
  readonly next: string | null;
  readonly cost: { readonly facts: number; readonly wallMs: number; readonly cpuMs: number };
  readonly invariants: readonly Invariant[];
  readonly notJudged: readonly { readonly subject: string; readonly message: string }[];
};

/**
 * `npm run audit [-- --url URL | --data DIR] [--all] [--since NEXT] [--every SECONDS]`: what must always hold, checked now over all services. Ends with 1 when
 * something does not. `--since`: of what has changed since an earlier audit, whose `next` it is. `--every`: first that one, or without it one of everything, then again and again of what
 * has changed, and once a day of everything; goes on until it is stopped, whatever it finds.
 */
await runMain(async () => {
  const { values } = commandLine({
    options: {
      url: { type: 'string' },
      data: { type: 'string' },
      all: { type: 'boolean', default: false },
      since: { type: 'string' },
      every: { type: 'string' },
    },
  });
  const run = (since: string | undefined): Promise<Audited> => audited(values, since);
  if (values.every !== undefined) {
    const seconds = secondsOf(values.every);
    return auditAgain(run, { since: values.since, everyMs: seconds * 1_000, fullEveryMs: dayMs });
  }
  const { summary, broken, next } = await run(values.since);
  if (next !== null) console.log(`What changes from now on: npm run audit -- --since ${next}`);
  if (broken > 0) throw new Failure(`${broken} violations (${summary}).`);
  console.log(`All of it holds (${summary}).`);
});

const dayMs = 24 * 3_600_000;

type At = { readonly url?: string; readonly data?: string; readonly all: boolean };

/** Prints what it finds. */
async function audited({ url, data, all }: At, since: string | undefined): Promise<Audited> {
  const ask = await signInAsStaff({ url, data }, process.env);
  const path = since === undefined ? '/ops/v1/audit' : `/ops/v1/audit?since=${encodeURIComponent(since)}`;
  const { kind, orders, next, invariants, notJudged, cost } = (await ask('GET', path)) as Audit;
  for (const invariant of invariants) print(invariant, all ? Infinity : 10);
  for (const { subject, message } of notJudged) console.log(`not judged: ${subject} ${message}`);
  const spent = `${cost.facts} facts read in ${cost.wallMs} ms, ${cost.cpuMs} ms of the storefront's CPU`;
  const of = kind === 'full' ? `all ${orders} orders` : `${orders} orders that had changed or are open`;
  return { summary: `${of}, ${spent}`, broken: invariants.reduce((sum, { violations }) => sum + violations.length, 0), next };
}

function secondsOf(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Failure('--every takes whole seconds, e.g. 60.');
  return Number(text);
}

function print({ id, title, remedy, checked, violations }: Invariant, most: number): void {
  console.log(`${violations.length === 0 ? 'holds ' : 'BROKEN'} ${id}  ${title} (${checked} looked at)`);
  for (const { subject, message, rows } of violations.slice(0, most)) {
    console.log(`         ${subject} ${message}`);
    if (rows.length > 0) console.log(`           see ${rows.map(({ service, table, id }) => `${service}.${table} ${id}`).join(', ')}`);
  }
  if (violations.length > most) console.log(`         and ${violations.length - most} more: --all`);
  if (violations.length > 0) console.log(`         ${remedy}`);
}
