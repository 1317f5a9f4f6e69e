/** Work that is done again and again, one turn at a time. */
export type Ticker = {
  start(): void;
  /** A turn at once, or one more after the turn that is under way. */
  wake(): void;
  /** No further turn; waits for the one under way. */
  stop(): Promise<void>;
};

export type TickerOptions = {
  readonly everyMs: number;
  /** Answers in how many ms there is more to do, when that is sooner. */
  readonly work: () => Promise<number | undefined | void>;
  readonly onError: (error: unknown) => void;
};

/** A rest that `work` asks for is no shorter than this, milliseconds. */
const leastRestMs = 50;

/** Does `work` every `everyMs`, the pause counted from the end of a turn. A failure is told to `onError`; the next turn comes as usual. */
export function createTicker({ everyMs, work, onError }: TickerOptions): Ticker {
  const state: { timer?: NodeJS.Timeout; turn?: Promise<void> | undefined; isStarted: boolean; again: boolean } = {
    isStarted: false,
    again: false,
  };
  const next = (afterMs: number): void => {
    clearTimeout(state.timer);
    if (state.isStarted) state.timer = setTimeout(run, afterMs);
  };
  const turn = async (): Promise<void> => {
    const dueMs = await work().catch((error: unknown) => void onError(error));
    state.turn = undefined;
    next(state.again ? 0 : Math.min(Math.max(dueMs ?? everyMs, leastRestMs), everyMs));
  };
  const run = (): void => {
    state.again = false;
    state.turn = turn();
  };
  return {
    start() {
      state.isStarted = true;
      run();
    },
    wake() {
      if (state.turn) state.again = true;
      else next(0);
    },
    async stop() {
      state.isStarted = false;
      clearTimeout(state.timer);
      await state.turn;
    },
  };
}
