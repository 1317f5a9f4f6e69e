import type { Background } from '@tandem/host';

/** How long to wait for those who are not up yet, in ms. */
const waits = { firstMs: 100, mostMs: 2_000 };

export type Seeding = Background & { readonly isDone: () => boolean };

/** Runs `seed` beside everything else until it has succeeded once; what it waits for is told to `onError`. Start does not wait for it. */
export function seeding({ seed, onError }: { seed: () => Promise<void>; onError: (error: unknown) => void }): Seeding {
  const state: { timer?: NodeJS.Timeout; running: Promise<void>; isDone: boolean; isStopped: boolean } = {
    running: Promise.resolve(),
    isDone: false,
    isStopped: false,
  };
  const turn = async (waitMs: number): Promise<void> => {
    try {
      await seed();
      state.isDone = true;
    } catch (error) {
      onError(error);
      if (!state.isStopped) state.timer = setTimeout(begin, waitMs, Math.min(waitMs * 2, waits.mostMs)).unref();
    }
  };
  const begin = (waitMs: number): void => void (state.running = turn(waitMs));
  return {
    name: 'seeding',
    isDone: () => state.isDone,
    start: async () => begin(waits.firstMs),
    stop: async () => {
      state.isStopped = true;
      clearTimeout(state.timer);
      await state.running;
    },
  };
}
