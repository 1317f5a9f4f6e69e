/** Work that is done again and again, one turn at a time. */
export type Ticker = {
  start(): void;
  /** A turn at once, or one more after the turn that is under way. */
  wake(): void;
  /** No further turn; waits for the one under way. */
  stop(): Promise<void>;
};

/** Does `work` every `everyMs`, the pause counted from the end of a turn. A failure is told to `onError`, the next turn comes as usual. */
export function createTicker(options: { readonly everyMs: number; readonly work: () => Promise<void>; readonly onError: (error: unknown) => void }): Ticker {
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> | undefined;
  let isStarted = false;
  let again = false;
  const next = (afterMs: number): void => {
    clearTimeout(timer);
    if (isStarted) timer = setTimeout(run, afterMs);
  };
  const run = (): void => {
    again = false;
    turn = options.work().catch(options.onError).finally(() => {
      turn = undefined;
      next(again ? 0 : options.everyMs);
    });
  };
  return {
    start() {
      isStarted = true;
      run();
    },
    wake() {
      if (turn) again = true;
      else next(0);
    },
    async stop() {
      isStarted = false;
      clearTimeout(timer);
      await turn;
    },
  };
}
