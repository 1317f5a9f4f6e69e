/** Which mails go first when more want to go than may: those of orders, then news. */
export type Line = 'order' | 'news';

/** Lets so many go per second, evenly; the rest wait for their turn, news behind all that concerns an order. `sleep` waits so many milliseconds, by the clock `nowMs` reads. */
export function paceOf(perSecond: number, nowMs: () => number, sleep: (ms: number) => Promise<unknown>): (line: Line) => Promise<void> {
  const waiting: Record<Line, (() => void)[]> = { order: [], news: [] };
  let nextMs = 0;
  let isServing = false;
  const serve = async (): Promise<void> => {
    isServing = true;
    while (waiting.order.length + waiting.news.length > 0) {
      if (nextMs > nowMs()) await sleep(nextMs - nowMs());
      nextMs = nowMs() + 1_000 / perSecond;
      (waiting.order.shift() ?? waiting.news.shift())?.();
    }
    isServing = false;
  };
  return (line) =>
    new Promise((go) => {
      waiting[line].push(go);
      if (!isServing) void serve(); // rejects only if `sleep` does
    });
}
