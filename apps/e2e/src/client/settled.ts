import { until } from './until.js';

/** What is still wrong when time is up; empty as soon as nothing is. */
export async function settled(look: () => Promise<readonly string[]>, withinMs: number): Promise<readonly string[]> {
  let faults: readonly string[] = [];
  const isWell = async (): Promise<boolean> => (faults = await look().catch((error: unknown) => [(error as Error).message])).length === 0;
  await until('all to be well', isWell, withinMs).catch(() => undefined); // what is wrong is answered
  return faults;
}
