/** Which mails go first when more want to go than may: those of orders, then news. */
export type Line = 'order' | 'news';

/** `turn` answers whether one may go, once its turn has come; from `end` on none may, and whoever waits is told at once. */
export type Pace = { turn(line: Line): Promise<boolean>; end(): void };

/** Lets so many go per second, evenly; the rest wait for their turn, news behind all that concerns an order. `sleep` waits so many milliseconds, by the clock `nowMs` reads. */
export function paceOf(perSecond: number, nowMs: () => number, sleep: (ms: number) => Promise<unknown>): Pace {
  const waiting: Record<Line, ((mayGo: boolean) => void)[]> = { order: [], news: [] };
  let hasEnded = false;
  let nextMs = 0;
  let isServing = false;
  const serve = async (): Promise<void> => {
    isServing = true;
    while (waiting.order.length + waiting.news.length > 0) {
      if (nextMs > nowMs()) await sleep(nextMs - nowMs());
      nextMs = nowMs() + 1_000 / perSecond;
      (waiting.order.shift() ?? waiting.news.shift())?.(true);
    }
    isServing = false;
  };
  return {
    turn: (line) =>
      new Promise((go) => {
        if (hasEnded) return go(false);
        waiting[line].push(go);
        if (!isServing) void serve(); // rejects only if `sleep` does
      }),
    end: () => {
      hasEnded = true;
      for (const go of [...waiting.order.splice(0), ...waiting.news.splice(0)]) go(false);
    },
  };
}
