import { pause } from '../waiting/alarm.js';
import { awaySystem, inOneLine } from './classify.js';
import type { Breadth } from './breadth.js';
import type { Delivery, Middleware, Outcome, Setback, Try } from './delivery.js';
import { nextStep } from './ladder.js';
import { jittered } from './policy.js';

/** What is remembered of a sick message between two deliveries of it. */
type Ongoing = { readonly sinceMs: number; readonly tries: Try[] };

/**
 * Tries a failing message again: in place, then (while many fail) later, then gives it to be parked. A system that is away is not a
 * failure of the message: that error goes on to the step around.
 */
export function retried(breadth: Breadth, now: () => number): Middleware<Outcome | Setback> {
  const ongoing = new Map<string, Ongoing>();
  return (next) => async (delivery) => {
    const place = `${delivery.record.topic}/${delivery.record.partition}/${delivery.record.offset}`;
    const key = `${delivery.record.topic}/${delivery.record.key ?? ''}`;
    const story: Ongoing = ongoing.get(place) ?? { sinceMs: now(), tries: [] };
    const outcome = await climb(() => next(delivery), {
      delivery,
      story,
      now,
      onFailed: () => breadth.failed(key),
      isWide: () => breadth.isWide(),
    });
    if (outcome.kind === 'later') ongoing.set(place, story);
    else ongoing.delete(place);
    if (outcome.kind === 'handled' || outcome.kind === 'ignored') breadth.succeeded(key);
    return outcome;
  };
}

type Climb = {
  readonly delivery: Delivery;
  readonly story: Ongoing;
  readonly now: () => number;
  readonly onFailed: () => void;
  readonly isWide: () => boolean;
};

async function climb(
  attempt: () => Promise<Outcome | Setback>,
  { delivery, story, now, onFailed, isWide }: Climb,
): Promise<Outcome | Setback> {
  for (;;) {
    const failure = await failureOf(attempt);
    if ('outcome' in failure) return failure.outcome;
    story.tries.push({ at: new Date(now()).toISOString(), error: inOneLine(failure.error) });
    onFailed();
    const step = nextStep(delivery.policy, { attempts: story.tries.length, elapsedMs: now() - story.sinceMs, isWide: isWide() });
    if (step.kind === 'park') return { kind: 'failed', error: failure.error, tries: story.tries };
    const afterMs = jittered(step.afterMs, Math.random());
    if (step.kind === 'later') return { kind: 'later', afterMs };
    await pause(afterMs, delivery.signal);
    if (delivery.signal.aborted) return { kind: 'later', afterMs: 0 };
  }
}

/** One try, for messages that are retried on a schedule already. */
export const triedOnce: Middleware<Outcome | Setback> = (next) => async (delivery) => {
  const failure = await failureOf(() => next(delivery));
  if ('outcome' in failure) return failure.outcome;
  return { kind: 'failed', error: failure.error, tries: [{ at: new Date().toISOString(), error: inOneLine(failure.error) }] };
};

type Failure = { readonly outcome: Outcome | Setback } | { readonly error: unknown };

async function failureOf(attempt: () => Promise<Outcome | Setback>): Promise<Failure> {
  try {
    return { outcome: await attempt() };
  } catch (error) {
    if (awaySystem(error) !== undefined) throw error;
    return { error };
  }
}
