/** How many times as long as at their best requests take, each compared with its own kind: a mix of quick and slow ones is not a rush. Pure. */
export type Slowdown = {
  /** A request of this kind took so long, milliseconds. There are few kinds: routes, not paths. */
  add(kind: string, ms: number): void;
  /** Of what was added since the last call, the time each waited for the event loop put on top: 1 is as quick as ever, 2 twice as long. Undefined when nothing was. */
  take(waitMs: number): number | undefined;
};

type Kind = { bestMs: number; sumMs: number; count: number };

/** The best time is forgotten by 0.2 % a second of ten calls: what has become slower for good is normal after some minutes, not within a rush. */
const forgetting = 1.0002;
/** What is quicker than this says more about the clock than about us, milliseconds. */
const quickestMs = 0.5;

export function createSlowdown(): Slowdown {
  const kinds = new Map<string, Kind>();
  return {
    add(kind, ms) {
      const of = kinds.get(kind) ?? { bestMs: Infinity, sumMs: 0, count: 0 };
      of.sumMs += ms;
      of.count += 1;
      kinds.set(kind, of);
    },
    take(waitMs) {
      let [times, count] = [0, 0];
      for (const of of kinds.values()) {
        if (of.count === 0) continue;
        const meanMs = of.sumMs / of.count + waitMs;
        of.bestMs = Math.max(quickestMs, Math.min(meanMs, of.bestMs * forgetting));
        times += (of.count * meanMs) / of.bestMs;
        count += of.count;
        Object.assign(of, { sumMs: 0, count: 0 });
      }
      return count === 0 ? undefined : times / count;
    },
  };
}
