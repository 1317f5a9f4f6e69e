import type { Database, Tx } from '@tandem/kernel';
import type { Act, Done, Handled, Ignored, Poison } from '@tandem/messaging';

export type Ended = Done | Ignored | Poison;

/** A poison answer rolls its transaction back. */
class Poisoned extends Error {
  override readonly name = 'Poisoned';
  constructor(readonly answer: Poison) {
    super(answer.because);
  }
}

/** Plans a message as the consumer runtime does: the answer, or what is to be acted on outside. */
export function plan(database: Database, handler: (tx: Tx) => Promise<Handled>): Promise<Handled> {
  return unlessPoisoned(database.transaction(async (tx) => sound(await handler(tx))));
}

/** Settles what `act` came back with, as the consumer runtime does. */
export function settle(database: Database, { settle: settling }: Act, outcome: unknown): Promise<Ended> {
  return unlessPoisoned(database.transaction(async (tx) => sound(await settling(tx, outcome))));
}

/** Plan, act, settle: one delivery of a message that nothing disturbs. Rejects with what `act` rejects with. */
export async function deliver(database: Database, handler: (tx: Tx) => Promise<Handled>): Promise<Ended> {
  const planned = await plan(database, handler);
  return planned.kind === 'act' ? settle(database, planned, await planned.act()) : planned;
}

function sound<A extends Handled>(answer: A): A {
  if (answer.kind === 'poison') throw new Poisoned(answer);
  return answer;
}

async function unlessPoisoned<A>(work: Promise<A>): Promise<A | Poison> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Poisoned) return error.answer;
    throw error;
  }
}
