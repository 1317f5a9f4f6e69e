import type { Background } from '@tandem/host';

/** Bounds of a rest, in ms: a reservation made elsewhere meanwhile is back at most this long after it is due, and a burst is swept at once. */
const rest = { leastMs: 50, mostMs: 3_000 };

/**
 * Calls `sweep` when the next thing is due (it answers in how many ms, `undefined` for nothing), and every 3 s at least. A failure is told
 * to `onError` and tried again after the longest rest.
 */
export function sweeper(name: string, { sweep, onError }: { sweep: () => Promise<number | undefined>; onError: (error: unknown) => void }): Background {
  const state: { timer?: NodeJS.Timeout; running: Promise<void>; isStopped: boolean } = { running: Promise.resolve(), isStopped: false };
  const turn = async (): Promise<void> => {
    const dueMs = await sweep().catch((error: unknown) => void onError(error));
    if (!state.isStopped) state.timer = setTimeout(run, Math.min(Math.max(dueMs ?? rest.mostMs, rest.leastMs), rest.mostMs)).unref();
  };
  const run = (): void => void (state.running = turn());
  return {
    name,
    start: async () => run(),
    stop: async () => {
      state.isStopped = true;
      clearTimeout(state.timer);
      await state.running;
    },
  };
}
