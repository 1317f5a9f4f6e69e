/** Tells a sick key from a sick system: how many keys fail, against how many messages succeed, over the last ten seconds. */
export type Breadth = { failed(key: string): void; succeeded(key: string): void; isWide(): boolean };

const windowMs = 10_000;
/** Fewer sick keys than this are never "the system". */
const leastKeys = 3;
/** Share of failures above which the fault is the system's. Source: docs/messaging.md, "When a message fails". */
const wideShare = 0.2;

export function createBreadth(now: () => number): Breadth {
  const failing = new Map<string, number>();
  let successes: { second: number; count: number }[] = [];
  const prune = (): void => {
    const since = now() - windowMs;
    for (const [key, at] of failing) if (at < since) failing.delete(key);
    successes = successes.filter(({ second }) => second * 1000 >= since);
  };
  return {
    failed: (key) => void failing.set(key, now()),
    succeeded(key) {
      failing.delete(key);
      const second = Math.floor(now() / 1000);
      const last = successes.at(-1);
      if (last?.second === second) last.count += 1;
      else {
        prune();
        successes.push({ second, count: 1 });
      }
    },
    isWide() {
      prune();
      const succeeded = successes.reduce((sum, { count }) => sum + count, 0);
      return failing.size >= leastKeys && failing.size / (failing.size + succeeded) > wideShare;
    },
  };
}
