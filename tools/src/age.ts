/** How long that is, in whole numbers of the largest unit that fits at least twice: `45 s`, `90 s`, `10 minutes`, `2 hours`, `5 days`. `0 s` for what is to come, as of another clock. */
export function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} hours` : `${Math.floor(seconds / 86_400)} days`;
}
