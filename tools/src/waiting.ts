import { setTimeout as delay } from 'node:timers/promises';

export type Waiting = { readonly timeoutMs: number; readonly everyMs?: number; readonly what: string };

/** Asks `answer` again until it is not undefined. Throws an error naming `what` when `timeoutMs` have passed. */
export async function waitFor<T>(
  { timeoutMs, everyMs = 25, what }: Waiting,
  answer: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const got = await answer();
    if (got !== undefined) return got;
    if (Date.now() >= end) throw new Error(`${what} did not happen within ${timeoutMs} ms`);
    await delay(everyMs);
  }
}

/** Runs `work` over `items`, at most `atOnce` side by side; the first failure is thrown after those in hand have ended. */
export async function inTurns<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && failures.length === 0; item = queue.shift()) {
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
