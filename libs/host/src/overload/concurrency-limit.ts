/** How much a process has in hand at once, and what it therefore lets in. Pure: told of every begin and end, and of times at a steady pace. */
export type ConcurrencyLimit = {
  /** Takes one place if fewer than this multiple of the limit are taken. Whoever got one gives it back by `leave`. */
  enter(share: number): boolean;
  leave(): void;
  /** How many times as long as at their best requests took since the last sample. Not called when there were none. */
  observe(slowdown: number): void;
  places(): { readonly limit: number; readonly taken: number };
};

/** Never fewer, however long a rush lasts: the load at which the bench is at its best is 8 at once, and with 16 who is in the shop has the other half (docs/bench.md). */
const fewest = 16;
const most = 512;
/** Where a process starts, and comes back to when it is calm: a crowd that comes at once and does not last, 64 who enter and 64 in the shop, is served a little later, not refused. */
const calm = 128;
/** Requests may take so many times as long as alone: up to there more at once means more done, beyond it they only wait for each other. */
const tolerance = 2;
/** One long pause must not shut the shop: a sample takes at most half of the places away. */
const steepest = 0.5;
/** How much of a new limit counts at once. Source: Netflix concurrency-limits, `smoothing`. */
const smoothing = 0.3;
/** When no more than these were in hand, it is not their number that made them slow. */
const few = 4;

/**
 * A limit of what is in hand, by the gradient of the times: as long as requests take hardly longer than the best ever seen there may be more of
 * them; when they take longer than tolerated, fewer. Source: Netflix concurrency-limits, `GradientLimit`; the square root is the room to try for more.
 * It holds from the first moment of a rush, because it counts; the times only move it.
 */
export function createConcurrencyLimit(): ConcurrencyLimit {
  let limit = calm;
  let taken = 0;
  let mostTaken = 0;
  return {
    enter(share) {
      if (taken >= Math.floor(limit * share)) return false;
      taken += 1;
      mostTaken = Math.max(mostTaken, taken);
      return true;
    },
    leave: () => void (taken -= 1),
    observe(slowdown) {
      const inHand = mostTaken;
      mostTaken = taken;
      const gradient = inHand <= few ? 1 : Math.max(steepest, Math.min(1, tolerance / slowdown));
      const wanted = gradient * limit + Math.sqrt(limit);
      // What was hardly used has proved nothing: it does not grow beyond what a calm shop has.
      const ceiling = inHand * 2 >= limit ? most : Math.max(limit, calm);
      limit = Math.max(fewest, Math.min(ceiling, limit + (wanted - limit) * smoothing));
    },
    places: () => ({ limit: Math.floor(limit), taken }),
  };
}
