import { pgPlanting, type Planting } from '../adapters/pg-planting.js';
import { auditOf } from '../chaos/verify.js';
import { expecting, type Shopper } from '../client/shopper.js';
import { until } from '../client/until.js';
import type { Kind } from '../planted/kind.js';
import { kindsFor } from '../planted/kinds.js';
import { orders, type PlantedOrders } from '../planted/orders.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { onSystem, type Stand } from '../system/on-system.js';

/**
 * `npm run planted-violations -- [--only TEXT] [-- options of npm start]`: one wrong row after the other is written into the database of a service, by hand, in orders bought through the
 * API. The auditor has to name it: its invariant, the order, the row, what to do; and nothing else: in an audit of what has changed since before, if the row bears the time of its change, and in a full one. The row is put right again, and in the
 * end the auditor finds nothing.
 */
const { values, startOptions } = commandLineOfStart({ only: '' });
type Violation = {
  readonly subject: string;
  readonly message: string;
  readonly rows: readonly { readonly service: string; readonly table: string; readonly id: string }[];
};
type Found = Violation & { readonly invariant: string; readonly remedy: string };
const counts = { planted: 0, found: 0, early: 0 };
const invariants = new Set<string>();

const wrong = await onSystem(startOptions, async (stand) => {
  const databases = pgPlanting(stand.system.pids().get('postgres') ?? 0);
  try {
    const bought = await orders(stand, databases);
    const mark = await markOfRest(stand.clerk);
    stand.wrong.push(...(await auditOf(stand.clerk)).map((found) => `before anything was planted: ${found}`));
    for (const kind of kindsFor(bought)) if (kind.name.includes(values.only)) await planted(stand, databases, { kind, bought, mark });
    stand.wrong.push(...(await auditOf(stand.clerk)).map((found) => `after all was put right: ${found}`));
  } finally {
    await databases.close();
  }
});
conclude(
  `${counts.planted} wrong rows planted, one at a time, against ${[...invariants].sort().join(', ')}: ${counts.found} named with order, row and remedy, and nothing else, ${counts.early} of them by an audit of what had changed; ${wrong.length} wrong`,
  wrong,
);

async function planted(
  { clerk, wrong: faults }: Stand,
  databases: Planting,
  { kind, bought, mark }: { kind: Kind; bought: PlantedOrders; mark: string },
): Promise<void> {
  const order = bought[kind.in];
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const plant of kind.plants) undo.unshift(await databases.plant(plant, order.uuid));
    const early = kind.isTimeless ? undefined : judged(kind, await foundBy(clerk, `/ops/v1/audit?since=${mark}`), order);
    const found = await foundBy(clerk, '/ops/v1/audit');
    const lacking = [...judged(kind, found, order), ...(early ?? []).map((fault) => `of what had changed: ${fault}`)];
    faults.push(...lacking.map((fault) => `${kind.name}: ${fault}`));
    if (early?.length === 0) counts.early += 1;
    counts.planted += 1;
    if (lacking.length === 0) counts.found += 1;
    for (const [invariant] of kind.found) invariants.add(invariant);
    console.log(
      `${lacking.length > 0 ? 'MISSED' : early ? 'found twice' : 'found once '} ${kind.name}: ${found.map(({ invariant, message }) => `${invariant} ${message}`).join('; ')}`,
    );
  } finally {
    for (const back of undo) await back();
  }
}

/** The mark of an audit that had nothing to look at any more: the orders and all their effects were written before. */
async function markOfRest(clerk: Shopper): Promise<string> {
  let { body } = expecting(200, await clerk.ask('GET', '/ops/v1/audit'));
  await until(
    'an audit of no order',
    async () => {
      ({ body } = expecting(200, await clerk.ask('GET', `/ops/v1/audit?since=${body.next}`)));
      return body.kind === 'incremental' && body.orders === 0;
    },
    90_000,
  );
  return body.next as string;
}

async function foundBy(clerk: Shopper, path: string): Promise<readonly Found[]> {
  const { body } = expecting(200, await clerk.ask('GET', path));
  return (body.invariants as { id: string; remedy: string; violations: readonly Violation[] }[]).flatMap(({ id, remedy, violations }) =>
    violations.map((violation): Found => ({ ...violation, invariant: id, remedy })),
  );
}

/** What is not as it should be with what was found. */
function judged(kind: Kind, found: readonly Found[], order: { readonly id: string; readonly uuid: string }): readonly string[] {
  const missing = kind.found.filter(([id, message]) => !found.some((each) => each.invariant === id && message.test(each.message)));
  const besides = found.filter((each) => !kind.found.some(([id, message]) => each.invariant === id && message.test(each.message)));
  const about = found.filter(({ subject }) => kind.isOfOrder === false || subject === order.id);
  const rows = about.flatMap((each) => each.rows);
  const seen = (place: string, id?: string): boolean =>
    rows.some((row) => `${row.service}.${row.table}` === place && (id === undefined || row.id === id));
  return [
    ...missing.map(([id, message]) => `nothing found like ${id} ${message}`),
    ...besides.map(({ invariant, subject, message }) => `found besides: ${invariant} ${subject} ${message}`),
    ...(about.length > 0 ? [] : [`nothing is said of ${order.id}`]),
    ...(kind.row === '' || seen(kind.row) ? [] : [`no row of ${kind.row} is named`]),
    ...(kind.isOfOrder === false || seen('order.orders', order.uuid) ? [] : ["the order's own row is not named"]),
    ...(found.every(({ remedy }) => remedy !== '') ? [] : ['there is no remedy']),
  ];
}
