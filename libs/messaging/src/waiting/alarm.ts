/** A sleep that can be cut short. A ring while nobody sleeps is kept for the next sleep, so no wake-up is lost. */
export type Alarm = {
  ring(): void;
  /** Resolves after `ms`, or at once when rung. */
  sleep(ms: number): Promise<void>;
};

export function createAlarm(): Alarm {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async sleep(ms) {
      if (!rung) await new Promise<void>((resolve) => (wake = untilOr(ms, resolve)));
      rung = false;
      wake = undefined;
    },
  };
}

function untilOr(ms: number, resolve: () => void): () => void {
  const timer = setTimeout(resolve, ms);
  return () => {
    clearTimeout(timer);
    resolve();
  };
}

/** Resolves after `ms`, or at once when the signal fires. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
