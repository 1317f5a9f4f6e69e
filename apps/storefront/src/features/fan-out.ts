import type { opsV1 } from '@tandem/contracts';
import { badCursor, type CallOptions, isPeerAway, notFound, type Peer, Refusal } from '@tandem/host';
import { decodeCursor, encodeCursor, type ServiceName } from '../domain/services.js';

export type Ops = Peer<typeof opsV1.OpsServiceService>;
export type OperatedService = { readonly name: ServiceName; readonly ops: Ops };

/** What several services said, and who was silent. */
export type Gathered<T> = {
  readonly answers: readonly { readonly service: ServiceName; readonly answer: T }[];
  readonly silent: readonly ServiceName[];
};

/** Asks every service at once. One that does not answer is named; one that refuses refuses for all. */
export async function gather<T>(
  services: readonly OperatedService[],
  ask: (ops: Ops, name: ServiceName) => Promise<T>,
): Promise<Gathered<T>> {
  const asked = await Promise.all(
    services.map(async ({ name, ops }) => ({ service: name, result: await unlessAway(() => ask(ops, name)) })),
  );
  return {
    answers: asked.flatMap(({ service, result }) => (result === undefined ? [] : [{ service, answer: result.answer }])),
    silent: asked.flatMap(({ service, result }) => (result === undefined ? [service] : [])),
  };
}

async function unlessAway<T>(ask: () => Promise<T>): Promise<{ readonly answer: T } | undefined> {
  try {
    return { answer: await ask() };
  } catch (error) {
    if (isPeerAway(error)) return undefined;
    throw error;
  }
}

type Walk<T> = {
  readonly services: readonly OperatedService[];
  readonly limit: number;
  readonly cursor: string;
  /** A page of one service. */
  readonly ask: (
    ops: Ops,
    page: { limit: number; cursor: string },
  ) => Promise<{ readonly items: readonly T[]; readonly nextCursor: string }>;
};

/** A page that goes through the services one after the other, and stops where it is full. Refuses with `bad-cursor`. */
export async function walk<T>({
  services,
  limit,
  cursor,
  ask,
}: Walk<T>): Promise<{ readonly items: readonly T[]; readonly nextCursor: string }> {
  const from = cursor === '' ? undefined : decodeCursor(cursor);
  if (cursor !== '' && !from) throw badCursor();
  const items: T[] = [];
  let inner = from?.cursor ?? '';
  const start = from ? services.findIndex(({ name }) => name === from.service) : 0;
  for (const [index, { name, ops }] of services.slice(start).entries()) {
    const page = await ask(ops, { limit: limit - items.length, cursor: inner });
    items.push(...page.items);
    if (page.nextCursor !== '') return { items, nextCursor: encodeCursor({ service: name, cursor: page.nextCursor }) };
    const next = services[start + index + 1];
    if (items.length >= limit && next) return { items, nextCursor: encodeCursor({ service: next.name, cursor: '' }) };
    inner = '';
  }
  return { items, nextCursor: '' };
}

/** The service that knows a dead letter, and what it says. Refuses with `not-found` when all deny it, `unavailable` when one was silent. */
export async function findDeadLetter(
  services: readonly OperatedService[],
  id: string,
  as: CallOptions,
): Promise<{ readonly ops: Ops; readonly letter: opsV1.DeadLetter }> {
  const { answers, silent } = await gather(services, async (ops) => {
    const letter = await unlessUnknown(() => ops.getDeadLetter({ id }, { ...as, isRepeatable: true }));
    return letter && { ops, letter };
  });
  const [found] = answers.flatMap(({ answer }) => (answer ? [answer] : []));
  if (found) return found;
  if (silent.length > 0) throw new Refusal('unavailable', { detail: `silent: ${silent.join(', ')}` });
  throw notFound();
}

async function unlessUnknown<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Refusal && error.problem.code === 'not-found') return undefined;
    throw error;
  }
}
