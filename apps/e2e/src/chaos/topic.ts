import type { Published } from '../adapters/published.js';

/**
 * What is wrong with the topic of orders, held against the orders that shoppers know to be sold: each was confirmed there once, nothing else was, and what
 * is told of an order has no hole and nothing twice. A record that stands there again is a copy, as the log may hold them; two under one number are not.
 */
export function topicFaults(records: readonly Published[], sold: readonly string[]): readonly string[] {
  const byOrder = new Map<string, Published[]>();
  for (const record of records) byOrder.set(record.key, [...(byOrder.get(record.key) ?? []), record]);
  const confirmed = [...byOrder].flatMap(([orderId, told]) => {
    const times = new Set(told.filter(({ type }) => type === 'order.confirmed.v1').map(({ id }) => id)).size;
    return times === 0 ? [] : [{ orderId, times }];
  });
  const known = new Set(sold);
  const isThere = new Set(confirmed.map(({ orderId }) => orderId));
  return [
    ...sold.filter((orderId) => !isThere.has(orderId)).map((orderId) => `${orderId}: was never confirmed in the log`),
    ...confirmed
      .filter(({ orderId }) => !known.has(orderId))
      .map(({ orderId }) => `${orderId}: is confirmed in the log, and no shopper knows of it`),
    ...confirmed.filter(({ times }) => times > 1).map(({ orderId, times }) => `${orderId}: is confirmed ${times} times in the log`),
    ...[...byOrder].flatMap(([orderId, told]) => sequenceFaults(orderId, told)),
  ];
}

function sequenceFaults(orderId: string, told: readonly Published[]): readonly string[] {
  const faults: string[] = [];
  const idOf = new Map<number, string>();
  for (const { sequence, id } of told) {
    const known = idOf.get(sequence);
    if (known === undefined && sequence !== idOf.size + 1)
      faults.push(`${orderId}: number ${sequence} stands after ${idOf.size} in the log`);
    if (known !== undefined && known !== id) faults.push(`${orderId}: number ${sequence} stands for two events in the log`);
    idOf.set(sequence, known ?? id);
  }
  return faults;
}
