import type { Background } from '@tandem/host';

/** Runs `work` every `everyMs`; a failure is told to `onError` and tried again next time. */
export function every(name: string, everyMs: number, { work, onError }: { work: () => Promise<void>; onError: (error: unknown) => void }): Background {
  const state: { timer?: NodeJS.Timeout; running: Promise<void> } = { running: Promise.resolve() };
  const turn = (): void => void (state.running = work().catch(onError));
  return {
    name,
    start: async () => {
      state.timer = setInterval(turn, everyMs);
      state.timer.unref();
    },
    stop: async () => {
      clearInterval(state.timer);
      await state.running;
    },
  };
}
