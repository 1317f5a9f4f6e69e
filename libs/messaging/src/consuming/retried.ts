import { pause } from '../waiting/alarm.js';
import { awaySystem, inOneLine } from './classify.js';
import type { Breadth } from './breadth.js';
import type { Delivery, Middleware, Outcome, Setback, Story } from './delivery.js';
import { nextStep } from './ladder.js';
import { jittered } from './policy.js';

/** It is worth remembering until then: a message that has not come back went to another process, or comes after an outage. */
export type Remembered = { readonly story: Story; readonly untilMs: number };

/** How late a message may come back after its pause and still be in the middle of its ladder, ms. */
const graceMs = 60_000;

/**
 * Tries a failing message again: in place, then (while many fail) later, then gives it to be parked. A system that is away is not a
 * failure of the message: that error goes on to the step around. `ongoing` is what is remembered, by topic, partition and offset.
 */
export function retried(breadth: Breadth, now: () => number, ongoing = new Map<string, Remembered>()): Middleware<Outcome | Setback> {
  const recall = (place: string): Story => {
    const known = ongoing.get(place);
    return known && known.untilMs >= now() ? known.story : { sinceMs: now(), tries: [] };
  };
  const remember = (place: string, remembered: Remembered): void => {
    for (const [other, { untilMs }] of ongoing) if (untilMs < now()) ongoing.delete(other);
    ongoing.set(place, remembered);
  };
  return (next) => async (delivery) => {
    const place = `${delivery.record.topic}/${delivery.record.partition}/${delivery.record.offset}`;
    const key = `${delivery.record.topic}/${delivery.record.key ?? ''}`;
    const story = recall(place);
    const told = { ...delivery, story };
    const outcome = await climb(() => next(told), {
      delivery,
      story,
      now,
      onFailed: () => breadth.failed(key),
      isWide: () => breadth.isWide(),
    });
    if (outcome.kind === 'later') remember(place, { story, untilMs: now() + outcome.afterMs + graceMs });
    else ongoing.delete(place);
    if (outcome.kind === 'handled' || outcome.kind === 'ignored') breadth.succeeded(key);
    return outcome;
  };
}

type Climb = {
  readonly delivery: Delivery;
  readonly story: Story;
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
  const story: Story = { sinceMs: Date.now(), tries: [] };
  const failure = await failureOf(() => next({ ...delivery, story }));
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
