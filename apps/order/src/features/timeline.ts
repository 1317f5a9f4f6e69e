import type { Problem } from '@tandem/contracts';
import { Refusal } from '@tandem/host';
import type { Now, OrderId } from '@tandem/kernel';
import type { Logger } from 'pino';
import type { AppendCall, TimelineEntry } from '../domain/checkout.js';

type StepOutcome = { readonly kind: string; readonly problem?: Problem };

/** The steps of one run of a checkout, as they happen. */
export type Timeline = {
  readonly entries: readonly TimelineEntry[];
  /** Runs a step and notes its start, duration and result, of a refusal its code; a throw is noted and goes on. */
  time<T extends StepOutcome>(step: string, work: () => Promise<T>): Promise<T>;
};

export function createTimeline(run: { readonly attempt: number; readonly instance: string; readonly now: Now }): Timeline {
  const entries: TimelineEntry[] = [];
  const { attempt, instance, now } = run;
  return {
    entries,
    time: (step, work) =>
      timed(
        now,
        work,
        ({ kind, problem }) => problem?.code ?? kind,
        (taken) => void entries.push({ step, ...taken, attempt, instance }),
      ),
  };
}

/** Makes a call for an order after its checkout and notes it. What came of the call counts, also when it cannot be noted. */
export type NoteCall = <T>(
  call: { readonly orderId: OrderId; readonly step: string },
  work: () => Promise<T>,
  resultOf: (done: T) => string,
) => Promise<T>;

export type NoteCallParts = {
  readonly append: AppendCall;
  readonly instance: string;
  readonly now: Now;
  readonly logger: Logger;
};

export function noteCalls({ append, instance, now, logger }: NoteCallParts): NoteCall {
  return ({ orderId, step }, work, resultOf) =>
    timed(now, work, resultOf, (taken) =>
      append(orderId, { step, ...taken, instance }).catch((error: unknown) =>
        logger.warn({ err: error, orderId, step }, 'a call is missing on the timeline of its order'),
      ),
    );
}

type Taken = Pick<TimelineEntry, 'at' | 'durationMs' | 'result'>;

async function timed<T>(
  now: Now,
  work: () => Promise<T>,
  resultOf: (done: T) => string,
  note: (taken: Taken) => Promise<void> | void,
): Promise<T> {
  const at = now().toISOString();
  const begun = performance.now();
  const taken = (result: string): Taken => ({ at, durationMs: Math.round((performance.now() - begun) * 100) / 100, result });
  try {
    const done = await work();
    await note(taken(resultOf(done)));
    return done;
  } catch (error) {
    await note(taken(failureOf(error)));
    throw error;
  }
}

const longestFailure = 200;

/** A failure in words: the code of a refusal, else what the error says. In one line that PostgreSQL can keep. */
function failureOf(error: unknown): string {
  if (error instanceof Refusal) return error.problem.code;
  const said = error instanceof Error ? error.message : String(error);
  return `failed: ${said}`
    .slice(0, longestFailure)
    .replace(/\p{Cc}|\p{Surrogate}/gu, ' ')
    .trimEnd();
}
