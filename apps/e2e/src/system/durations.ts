import type { Http } from '../client/http.js';

/** How many answers took at most so many seconds, by the storefront's own clock. */
export type Durations = ReadonlyMap<number, number>;

/** The storefront's histogram of its answers with all of these labels, e.g. `status="503"`. */
export async function durationsOf(shop: Http, ...labels: readonly string[]): Promise<Durations> {
  const { text } = await shop('GET', '/metrics');
  const counts = new Map<number, number>();
  for (const [, found = '', count] of text.matchAll(/^http_server_request_duration_seconds_bucket\{(.*)\} (\d+)$/gm)) {
    if (!labels.every((label) => found.includes(label))) continue;
    const bound = Number(/le="([^"]+)"/.exec(found)?.[1]?.replace('+Inf', 'Infinity'));
    counts.set(bound, (counts.get(bound) ?? 0) + Number(count));
  }
  return counts;
}

/** No more than this was needed for such a share of the answers, milliseconds: a bound of the histogram, 0 when none came. */
export function upperBoundMs(durations: Durations, share: number): number {
  const all = durations.get(Infinity) ?? 0;
  const bounds = [...durations].sort(([a], [b]) => a - b);
  return all === 0 ? 0 : 1_000 * (bounds.find(([, count]) => count >= all * share)?.[0] ?? Infinity);
}

/** How many answers took longer; `seconds` is a bound of the histogram. */
export function slowerThan(durations: Durations, seconds: number): number {
  return (durations.get(Infinity) ?? 0) - (durations.get(seconds) ?? 0);
}
