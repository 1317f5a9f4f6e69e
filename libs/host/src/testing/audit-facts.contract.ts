import { toPublicId } from '../ids.js';
import type { AuditFact, AuditFacts, AuditSubjects } from '../audit-facts.js';

/**
 * Expects that `changed` and nothing else has changed within the last half hour, and that what is told of it is what the pages together tell of the same subjects.
 * Answers what is told. Ages may differ: facts grow older between two readings.
 */
export async function expectOneAccount({ page, of, changedSince }: AuditFacts, changed: AuditSubjects): Promise<readonly AuditFact[]> {
  const { orders, variants } = await changedSince(new Date(Date.now() - 1_800_000), 100);
  expect([[...orders].sort(), [...variants].sort()]).toEqual([[...changed.orders].sort(), [...changed.variants].sort()]);
  const told = await of(changed);
  const asked = [...changed.orders.map((id) => toPublicId('order', id)), ...changed.variants.map((id) => toPublicId('variant', id))];
  const subjects = new Set([...asked, ...told.map(({ subject }) => subject)]);
  expect(comparable(told)).toEqual(comparable((await allOf(page)).filter(({ subject }) => subjects.has(subject))));
  return told;
}

async function allOf(page: AuditFacts['page'], cursor = ''): Promise<readonly AuditFact[]> {
  const { facts, nextCursor } = await page(cursor, 2);
  return nextCursor === '' ? facts : [...facts, ...(await allOf(page, nextCursor))];
}

/** `stock` is as of its reading. */
function comparable(facts: readonly AuditFact[]): readonly string[] {
  return facts
    .map((fact) => JSON.stringify(fact.kind === 'stock' ? { ...fact, at: '' } : fact).replace(/(\\?"ageMs\\?" ?: ?\\?"?)\d+/g, '$1'))
    .sort();
}
