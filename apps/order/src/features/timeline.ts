import type { TimelineEntry } from '../domain/checkout.js';

/** The steps of one run of a checkout, as they happen. */
export type Timeline = {
  readonly entries: readonly TimelineEntry[];
  /** Runs a step and notes its start, duration and result; a throw is noted and goes on. */
  time<T extends { readonly kind: string }>(step: string, work: () => Promise<T>): Promise<T>;
};

export function createTimeline(run: { readonly attempt: number; readonly instance: string; readonly now: () => Date }): Timeline {
  const entries: TimelineEntry[] = [];
  return {
    entries,
    async time(step, work) {
      const at = run.now().toISOString();
      const begun = performance.now();
      const note = (result: string): void =>
        void entries.push({
          step,
          at,
          durationMs: Math.round((performance.now() - begun) * 100) / 100,
          attempt: run.attempt,
          instance: run.instance,
          result,
        });
      try {
        const result = await work();
        note(result.kind);
        return result;
      } catch (error) {
        note(error instanceof Error ? error.name : 'failed');
        throw error;
      }
    },
  };
}
