import { allPages } from '../all-pages.js';
import { commandLine, verbOf, WrongUsage } from '../command-line.js';
import { runMain } from '../failure.js';
import { type ListedSaga, sagaLine } from '../saga-line.js';
import { signInAsStaff } from '../staff-api.js';

const usage = `npm run saga -- list                      what is under way and has no end yet, oldest first
npm run saga -- show ord_…                everything under way for one order, the steps of its checkout, what operators did
npm run saga -- retry ord_… --why TEXT    run all of it again at once, also what was given up
npm run saga -- cancel ord_… --why TEXT   end it: an open checkout is undone, a refund the bank refuses is written off
Where: --url URL, else the system of --data DIR. Who: TANDEM_STAFF_EMAIL and TANDEM_STAFF_PASSWORD, in development the demo account.`;

type Step = Readonly<Record<'step' | 'at' | 'instance' | 'result', string>> & { readonly durationMs: number; readonly attempt: number };
type Action = Readonly<Record<'at' | 'actor' | 'action' | 'reason', string>>;
type Detail = { readonly sagas: readonly ListedSaga[]; readonly timeline: readonly Step[]; readonly actions: readonly Action[] };

/** Checkouts, refunds and owed calls, over the storefront's operations API: the same rights, the same audit rows. */
await runMain(async () => {
  const { values, positionals } = commandLine({
    allowPositionals: true,
    options: { url: { type: 'string' }, data: { type: 'string' }, why: { type: 'string' } },
  });
  const verb = verbOf(positionals, { list: [], show: ['ord_…'], retry: ['ord_…'], cancel: ['ord_…'] }, usage);
  const orderId = positionals[1];
  const isSteering = verb === 'retry' || verb === 'cancel';
  if (isSteering && !values.why) throw new WrongUsage(`${verb}: wants --why, which is kept with what was done`);
  const ask = await signInAsStaff({ url: values.url, data: values.data }, process.env);
  if (verb === 'list') return printList(await allPages((path) => ask('GET', path), '/ops/v1/sagas?limit=100'));
  if (verb === 'show') return printDetail((await ask('GET', `/ops/v1/sagas/${orderId}`)) as unknown as Detail);
  printDetail((await ask('POST', `/ops/v1/sagas/${orderId}/${verb}`, { reason: values.why })) as unknown as Detail);
});

function printList(sagas: readonly ListedSaga[]): void {
  if (sagas.length === 0) return console.log('Nothing is under way.');
  for (const saga of sagas) console.log(sagaLine(saga));
}

function printDetail({ sagas, timeline, actions }: Detail): void {
  printList(sagas);
  for (const { at, step, durationMs, attempt, instance, result } of timeline)
    console.log(`${at}  ${step}  ${result}  ${durationMs} ms  attempt ${attempt}  ${instance}`);
  for (const { at, actor, action, reason } of actions) console.log(`${at}  ${action} by ${actor}: ${reason}`);
}
