import { type Database, type Tx, sessionOf } from '@tandem/kernel';
import type { Act, Handled } from '../handler.js';
import type { Parking } from '../parking/parking.js';
import type { Subscriber } from '../strategy.js';
import type { Admission, Gate } from './admission.js';
import { callAll } from './answers.js';
import type { Decoded, Place } from './decode.js';
import type { Delivery, Outcome, Setback, Step } from './delivery.js';
import { createForesight } from './foresight.js';
import type { Repeats } from './repeats.js';
import type { Slots } from './slots.js';

export type OnceParts = {
  readonly database: Database;
  readonly gate: Gate;
  readonly parking: Parking;
  readonly repeats: Repeats;
  /** Bounds the transactions of this consumer, so that requests keep their share of the pool. */
  readonly slots: Slots;
  /** Called after a commit that made a parked message due. */
  readonly wakeRetries: () => void;
};

type EventDelivery = Delivery & { readonly decoded: Extract<Decoded, { kind: 'event' }> };
type Settling = Outcome | Setback;

/** Rolls the transaction of a poison answer back: what can never work leaves nothing behind. */
class Poisoned extends Error {
  override readonly name = 'Poisoned';
}

/** Rolls the transaction of a handler back that was called for a message the gate does not admit. */
class TooSoon extends Error {
  override readonly name = 'TooSoon';
  readonly kind = 'too-soon';
}

/**
 * The innermost step: the gate's row, the handler's effect and the mark in one transaction, so the effect happens once however often the
 * message comes. An effect outside (`effect(…)`) is planned, acted and settled; only settling writes inbox row and mark.
 */
export function once(parts: OnceParts): Step<Settling> {
  const foresight = createForesight();
  return async (delivery) => {
    const { decoded } = delivery;
    if (decoded.kind === 'invalid') throw new TypeError('an invalid record has no handler');
    if (decoded.kind === 'unhandled') return skip(parts, delivery, decoded.place, 'unhandled');
    const event: EventDelivery = { ...delivery, decoded };
    if (!delivery.retry && (await parts.repeats.isSettled(delivery.record, decoded.place))) return { kind: 'duplicate' };
    const subscribers = decoded.subscribers.filter(({ options }) => options.where?.(decoded.message) ?? true);
    if (subscribers.length === 0) return skip(parts, event, decoded.place, 'filtered');
    const isAhead = !delivery.retry && foresight.isSmooth(delivery.record);
    const outcome = await apply(parts, event, { subscribers, isAhead });
    foresight.saw(delivery.record, outcome);
    parts.repeats.saw(delivery.record, outcome.kind === 'duplicate');
    return outcome;
  };
}

/** One statement when nothing is parked before it, which is nearly always. */
async function skip(parts: OnceParts, delivery: Delivery, place: Place, because: 'filtered' | 'unhandled'): Promise<Settling> {
  if (!delivery.retry) {
    const { verdict, held } = await parts.slots.run(() => parts.gate.skip(parts.database, place));
    if (verdict === 'duplicate') return { kind: 'duplicate' };
    if (verdict === 'apply') {
      if (held) await parts.database.transaction((tx) => heal(parts, tx, place));
      return { kind: 'skipped', because };
    }
  }
  return inTransaction(parts, async (tx) => {
    const admission = await parts.gate.admit(tx, place, askingOf(delivery));
    return (
      (await refused(parts, tx, { delivery, admission })) ??
      settled(parts, tx, { delivery, place, admission, outcome: { kind: 'skipped', because } })
    );
  });
}

/**
 * Ahead of the gate's answer the handler is called at once, so that its first statement travels with the gate's: two round trips instead of three.
 * Should the gate say no, all of it is rolled back, and the message asks again, behind the gate.
 */
async function apply(
  parts: OnceParts,
  delivery: EventDelivery,
  { subscribers, isAhead }: { subscribers: readonly Subscriber[]; isAhead: boolean },
): Promise<Settling> {
  const { place, message } = delivery.decoded;
  const planned = await inTransaction<Settling | Act | TooSoon>(parts, async (tx) => {
    const admitting = parts.gate.admit(tx, place, askingOf(delivery));
    const answering = isAhead ? settledOf(callAll(subscribers, { tx, message })) : undefined;
    const admission = await admitting.finally(() => answering); // nothing may run on a connection that is given back
    if (answering && admission.verdict !== 'apply') throw new TooSoon();
    const refusal = await refused(parts, tx, { delivery, admission });
    if (refusal) return refusal;
    const answer = answering ? (await answering)() : await callAll(subscribers, { tx, message });
    if (answer.kind === 'act') {
      await parts.gate.retract(tx, place, admission.previous);
      return answer;
    }
    return settled(parts, tx, { delivery, place, admission, outcome: outcomeOf(answer) });
  });
  if (planned instanceof TooSoon) return apply(parts, delivery, { subscribers, isAhead: false });
  return planned.kind === 'act' ? actAndSettle(parts, delivery, planned) : planned;
}

/** Never rejects: what it settled with comes out of the function it answers. */
function settledOf<T>(work: Promise<T>): Promise<() => T> {
  return work.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
}

async function actAndSettle(parts: OnceParts, delivery: EventDelivery, { act, settle }: Act): Promise<Settling> {
  const { place } = delivery.decoded;
  const outcome = await act();
  return inTransaction<Settling>(parts, async (tx) => {
    const admission = await parts.gate.admit(tx, place, askingOf(delivery));
    const refusal = await refused(parts, tx, { delivery, admission });
    if (refusal) return refusal;
    return settled(parts, tx, { delivery, place, admission, outcome: outcomeOf(await settle(tx, outcome)) });
  });
}

function askingOf({ retry, story }: Delivery): Parameters<Gate['admit']>[2] {
  const earlier = (retry?.attempts ?? 0) + (story?.tries.length ?? 0);
  return { retry, ...(story && { tried: { attempts: earlier + 1, sinceMs: Date.now() - story.sinceMs } }) };
}

/** Poison, and having been too soon, roll back and are answers, not errors. */
async function inTransaction<T>({ database, slots }: OnceParts, work: (tx: Tx) => Promise<T>): Promise<T | Setback> {
  try {
    return await slots.run(() => database.transaction(work));
  } catch (error) {
    if (error instanceof Poisoned) return { kind: 'poison', because: error.message };
    if (error instanceof TooSoon) return error as T;
    throw error;
  }
}

function outcomeOf(answer: Exclude<Handled, Act>): Outcome {
  switch (answer.kind) {
    case 'done':
      return { kind: 'handled' };
    case 'ignored':
      return { kind: 'ignored', because: answer.because };
    case 'poison':
      throw new Poisoned(answer.because);
  }
}

type Asked = { readonly delivery: Delivery; readonly admission: Admission };

/** The gate said no: a duplicate ends here; what came too early is parked under the same lock. */
async function refused({ gate, parking }: OnceParts, tx: Tx, { delivery, admission }: Asked): Promise<Outcome | undefined> {
  switch (admission.verdict) {
    case 'apply':
      return undefined;
    case 'duplicate':
      if (delivery.retry) await gate.release(tx, delivery.retry);
      return { kind: 'duplicate' };
    case 'behind':
      return parking.park(tx, delivery, {
        class: 'behind',
        reason: 'waits for an earlier message of its key',
        status: 'open',
        afterMs: 0,
        tries: [],
        rounds: 0,
      });
    case 'gap':
      return parking.park(tx, delivery, {
        class: 'gap',
        reason: `the last settled sequence is ${admission.previous ?? 'none'}`,
        status: delivery.retry ? 'dead' : 'open',
        afterMs: delivery.policy.gapMs,
        tries: [],
        rounds: 0,
      });
  }
}

type Settled = Asked & { readonly place: Place; readonly outcome: Outcome };

async function settled(parts: OnceParts, tx: Tx, { delivery, place, admission, outcome }: Settled): Promise<Outcome> {
  if (delivery.retry) await parts.gate.release(tx, delivery.retry);
  if (admission.held) await heal(parts, tx, place);
  return outcome;
}

/** This message may be the one that a parked later one waits for. */
async function heal({ gate, wakeRetries }: OnceParts, tx: Tx, place: Place): Promise<void> {
  await gate.heal(tx, place);
  sessionOf(tx).afterCommit(wakeRetries);
}
