import type { WorkQueue } from './work-queue.js';

/** A queue under test; empty before each test. */
export type WorkQueueBench = {
  readonly queue: WorkQueue<{ readonly id: string }>;
  /** Something new that has been due for so many seconds; answers its id. */
  add(dueForSeconds: number): Promise<string>;
  /** Ends what is in hand. */
  end(id: string): Promise<unknown>;
};

const long = 60_000;
/** A lease that is over, whatever a queue rounds to. */
const over = -1;

/** What every `WorkQueue` has to hold to. */
export function workQueueContract(bench: () => WorkQueueBench): void {
  const take = async (limit: number, leaseMs = long, besides: readonly string[] = []): Promise<readonly string[]> =>
    (await bench().queue.take(limit, leaseMs, besides)).map(({ id }) => id);

  it('gives out what is due, the oldest first, each to one taker, and says when more is due', async () => {
    const { queue, add } = bench();
    expect([await take(2), await queue.nextDueMs([])]).toEqual([[], null]);
    const [newest, oldest] = [await add(1), await add(3)];
    const waits = await add(-30);
    expect(await queue.nextDueMs([])).toBeLessThan(0);
    expect(await take(1)).toEqual([oldest]);
    expect((await Promise.all([take(2), take(2)])).flat()).toEqual([newest]);
    expect(await queue.nextDueMs([newest, oldest])).toBeGreaterThan(20_000);
    expect(await queue.nextDueMs([newest, oldest])).toBeLessThanOrEqual(30_000);
    expect(await queue.nextDueMs([newest, oldest, waits])).toBeNull();
  });

  it('gives out what a dead taker had when its lease ends, which a live one renews', async () => {
    const { queue, add } = bench();
    const id = await add(1);
    expect([await take(1, over), await take(1, over)]).toEqual([[id], [id]]);
    await queue.hold([id], long);
    expect(await take(1)).toEqual([]);
    expect(await queue.nextDueMs([])).toBeGreaterThan(long / 2);
    await queue.hold([id], over);
    expect(await take(1)).toEqual([id]);
  });

  it('does not give a taker what it has in hand, whatever became of the lease', async () => {
    const { queue, add } = bench();
    const id = await add(2);
    expect(await take(1, over)).toEqual([id]);
    expect([await take(1, long, [id]), await queue.nextDueMs([id])]).toEqual([[], null]);
    const other = await add(1);
    expect(await take(2, long, [id])).toEqual([other]);
  });

  it('gives out nothing that has ended, also when it is held afterwards', async () => {
    const { queue, add, end } = bench();
    const id = await add(1);
    await take(1);
    await end(id);
    await queue.hold([id], over);
    expect([await take(1), await queue.nextDueMs([])]).toEqual([[], null]);
  });
}
