import { commandLine, numberOf, oneOf, WrongUsage } from '../command-line.js';
import { Failure, runMain } from '../failure.js';
import { scenarios, subjects } from '../proofs/all.js';
import { keptResults } from '../proofs/results.js';
import { proveInCi } from '../proofs/in-ci.js';
import { type ProofRun, prove } from '../proofs/prove.js';
import type { LogKind, Scale } from '../proofs/scenario.js';

const usage = `npm run proofs -- [--only NAME,…] [--log postgres|kafka] [--short] [--seed N] [--again] [--write]
       npm run proofs -- --ci ${subjects.join('|')}
Runs what is not proved yet with this size and seed, shows its figure and keeps it in .tandem/proofs; --again runs all anew, --write writes docs/reference/proofs.md.
Scenarios: ${scenarios.map(({ name }) => name).join(', ')}`;

await runMain(async () => {
  const { values } = commandLine({
    options: {
      only: { type: 'string' },
      log: { type: 'string' },
      seed: { type: 'string', default: '1' },
      short: { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      ci: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const subject = oneOf('ci', values.ci, subjects);
  if (subject) return void ((await proveInCi(subject, process.env, (line) => console.log(line))) || (process.exitCode = 1));
  const [seed, log] = [numberOf('seed', values.seed), oneOf('log', values.log, ['postgres', 'kafka'])];
  const names = values.only?.split(',');
  const unknown = names?.filter((name) => !scenarios.some((scenario) => scenario.name === name)) ?? [];
  if (unknown.length > 0) throw new WrongUsage(`--only: there is no ${unknown.join(', ')}\n${usage}`);
  const scale: Scale = values.short ? 'short' : 'full';
  const runs: ProofRun[] = scenarios
    .filter(({ name }) => names?.includes(name) ?? true)
    .flatMap((scenario) =>
      scenario.logs.filter((kind) => log === undefined || kind === log).map((kind: LogKind) => ({ scenario, log: kind, scale, seed })),
    );
  const results = keptResults();
  const failed = await prove(runs, { results, again: values.again, say: (line) => console.log(line) });
  if (values.write) results.write();
  if (failed.length > 0) throw new Failure(`${failed.length} of ${runs.length} do not hold: ${failed.join(', ')}`);
});
