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
  readonly cost: { readonly facts: number; readonly wallMs: number; readonly cpuMs: number };
  readonly invariants: readonly Invariant[];
  readonly notJudged: readonly { readonly subject: string; readonly message: string }[];
};

/** `npm run audit [-- --url URL | --data DIR] [--all]`: what must always hold, checked now over all services. Ends with 1 when something does not. */
await runMain(async () => {
  const { values } = commandLine({
    options: { url: { type: 'string' }, data: { type: 'string' }, all: { type: 'boolean', default: false } },
  });
  const ask = await signInAsStaff({ url: values.url, data: values.data }, process.env);
  const { invariants, notJudged, cost } = (await ask('GET', '/ops/v1/audit')) as Audit;
  for (const invariant of invariants) print(invariant, values.all ? Infinity : 10);
  for (const { subject, message } of notJudged) console.log(`not judged: ${subject} ${message}`);
  const broken = invariants.reduce((sum, { violations }) => sum + violations.length, 0);
  const spent = `${cost.facts} facts read in ${cost.wallMs} ms, ${cost.cpuMs} ms of the storefront's CPU`;
  if (broken > 0) throw new Failure(`${broken} violations (${spent}).`);
  console.log(`All of it holds (${spent}).`);
});

function print({ id, title, remedy, checked, violations }: Invariant, most: number): void {
  console.log(`${violations.length === 0 ? 'holds ' : 'BROKEN'} ${id}  ${title} (${checked} looked at)`);
  for (const { subject, message, rows } of violations.slice(0, most)) {
    console.log(`         ${subject} ${message}`);
    if (rows.length > 0) console.log(`           see ${rows.map(({ service, table, id }) => `${service}.${table} ${id}`).join(', ')}`);
  }
  if (violations.length > most) console.log(`         and ${violations.length - most} more: --all`);
  if (violations.length > 0) console.log(`         ${remedy}`);
}
