/** Lets so many go per second, evenly; the rest wait for their turn. `sleep` waits so many milliseconds, by the clock `nowMs` reads. */
export function paceOf(perSecond: number, nowMs: () => number, sleep: (ms: number) => Promise<unknown>): () => Promise<void> {
  let nextMs = 0;
  return async () => {
    const turnMs = Math.max(nowMs(), nextMs);
    nextMs = turnMs + 1_000 / perSecond;
    if (turnMs > nowMs()) await sleep(turnMs - nowMs());
  };
}
