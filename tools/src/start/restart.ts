/** Boot takes about 3 s and a death within 5 s of being ready counts as early. */
const earlyMs = 8_000;

/** How long to wait before a process that lived `aliveMs` is started again: not at all, unless it keeps dying early (then 250 ms doubling to 5 s). */
export function restartDelay(aliveMs: number, earlyDeathsBefore: number): { readonly delayMs: number; readonly earlyDeaths: number } {
  if (aliveMs >= earlyMs) return { delayMs: 0, earlyDeaths: 0 };
  return { delayMs: earlyDeathsBefore === 0 ? 0 : Math.min(5_000, 250 * 2 ** (earlyDeathsBefore - 1)), earlyDeaths: earlyDeathsBefore + 1 };
}
