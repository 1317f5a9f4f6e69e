import { type Database, type Tx, gather, invariant } from '@tandem/kernel';
import type { Handled, Message } from '../handler.js';
import type { Logger } from '../logger.js';
import type { Subscriber } from '../strategy.js';
import type { Gate } from './admission.js';
import { callWith, together } from './answers.js';
import { awaySystem } from './classify.js';
import type { Decoded } from './decode.js';
import type { Delivery, Middleware, Outcome, Setback } from './delivery.js';
import type { Repeats } from './repeats.js';
import type { Slots } from './slots.js';

export type BatchedParts = {
  readonly database: Database;
  readonly gate: Gate;
  readonly repeats: Repeats;
  readonly slots: Slots;
  /** Called once per batch that had to be taken apart. */
  readonly onApart: (type: string) => void;
  readonly logger: Logger;
};

type EventDelivery = Delivery & { readonly decoded: Extract<Decoded, { kind: 'event' }> };
/** One message on its way into a batch, and who wants it. */
type Item = { readonly delivery: EventDelivery; readonly wanted: readonly Subscriber[] };
/** `alone`: it has to be settled by itself. */
type Settled = Outcome | { readonly kind: 'alone' };

const alone: Settled = { kind: 'alone' };

/** A handler's answer that only a message by itself can be given. */
class NotTogether extends Error {
  override readonly name = 'NotTogether';
}

/**
 * Messages whose handlers take batches share one transaction: gate, effects, marks. They are of different keys, as one key is in hand once. Where a
 * batch fails, each of its messages goes on to `next`, by itself; so does one that is not clearly next in its key, and one that is tried again.
 */
export function batched(parts: BatchedParts): Middleware<Outcome | Setback> {
  const gathers = new Map<string, (item: Item) => Promise<Settled>>();
  const takenApart = new WeakSet<Delivery>();
  const gatherOf = (type: string, most: number): ((item: Item) => Promise<Settled>) => {
    const known =
      gathers.get(type) ?? gather<Item, Settled>((items) => settleTogether(parts, items), { lanes: 1, most, begin: setImmediate });
    gathers.set(type, known);
    return known;
  };
  return (next) => async (delivery) => {
    const item = takenApart.has(delivery) ? undefined : itemOf(delivery);
    if (!item) return next(delivery);
    if (await parts.repeats.isSettled(delivery.record, item.delivery.decoded.place)) return { kind: 'duplicate' };
    takenApart.add(delivery); // a second try is by itself
    const { type } = item.delivery.decoded.message;
    const settled = await gatherOf(type, Math.min(...item.wanted.map(({ options }) => options.batch ?? 1)))(item);
    if (settled.kind === 'alone') return next(delivery);
    parts.repeats.saw(delivery.record, false);
    return settled;
  };
}

/** What may go into a batch: from the log, wanted, and only by handlers that take batches. */
function itemOf(delivery: Delivery): Item | undefined {
  const { decoded, retry } = delivery;
  if (decoded.kind !== 'event' || retry || decoded.subscribers.some(({ options }) => options.batch === undefined)) return undefined;
  const wanted = decoded.subscribers.filter(({ options }) => options.where?.(decoded.message) ?? true);
  return wanted.length > 0 ? { delivery: { ...delivery, decoded }, wanted } : undefined;
}

/** A system that is away fails all of them; anything else takes the batch apart. */
async function settleTogether(parts: BatchedParts, items: readonly Item[]): Promise<readonly Settled[]> {
  if (items.length < 2) return items.map(() => alone);
  try {
    return await parts.slots.run(() => parts.database.transaction((tx) => applyTogether(parts.gate, tx, items)));
  } catch (error) {
    if (awaySystem(error) !== undefined) throw error;
    const type = items[0]?.delivery.decoded.message.type ?? '';
    parts.logger.debug({ err: error, type, messages: items.length }, 'a batch was taken apart');
    parts.onApart(type);
    return items.map(() => alone);
  }
}

async function applyTogether(gate: Gate, tx: Tx, items: readonly Item[]): Promise<readonly Settled[]> {
  const applied = await gate.admitMany(
    tx,
    items.map(({ delivery }) => delivery.decoded.place),
  );
  const taken = items.filter((_, index) => applied[index]);
  const answers: Handled[] = [];
  for (const subscriber of new Set(taken.flatMap(({ wanted }) => wanted))) {
    const [first, ...more] = taken.filter(({ wanted }) => wanted.includes(subscriber)).map(messageOf);
    invariant(first, 'a handler of a batch has no message');
    answers.push(await callWith(subscriber, tx, [first, ...more]));
  }
  const outcome = outcomeOf(together(answers));
  return items.map((_, index) => (applied[index] ? outcome : alone));
}

const messageOf = ({ delivery }: Item): Message => delivery.decoded.message;

function outcomeOf(answer: Handled): Outcome {
  if (answer.kind === 'done') return { kind: 'handled' };
  if (answer.kind === 'ignored') return answer;
  throw new NotTogether(`the handler of a batch answered ${answer.kind}`);
}
