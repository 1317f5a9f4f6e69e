/** Work that waits in a table: done when woken, and again when it says that more will be due. */
export type Pump = {
  /** Looks for work soon. Cheap, never throws; does nothing once stopped. */
  wake(): void;
  /** Resolves when the round in hand has ended; no other begins. */
  stop(): Promise<void>;
};

/** A round that threw is tried again after this time, milliseconds. */
const afterErrorMs = 1_000;

/**
 * Runs `round`, one at a time, whenever woken. A round answers in how many milliseconds it wants the next one, or `null` when only
 * a wake can bring more work: an idle pump has no timer.
 */
export function createPump(round: () => Promise<number | null>, onError: (error: unknown) => void): Pump {
  let running: Promise<void> | undefined;
  let isWoken = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const once = async (): Promise<number | null> => {
    try {
      return await round();
    } catch (error) {
      onError(error);
      return afterErrorMs;
    }
  };
  const run = async (): Promise<void> => {
    let waitMs: number | null = null;
    do {
      isWoken = false;
      waitMs = await once();
    } while ((isWoken || waitMs === 0) && !isStopped);
    running = undefined;
    if (waitMs !== null && !isStopped) timer = setTimeout(wake, waitMs).unref();
  };
  const wake = (): void => {
    if (isStopped) return;
    clearTimeout(timer);
    isWoken = true;
    running ??= run();
  };
  return {
    wake,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
