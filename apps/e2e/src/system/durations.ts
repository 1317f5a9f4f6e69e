import type { Http } from '../client/http.js';

/** How many answers took at most so many seconds, by the storefront's own clock. */
export type Durations = ReadonlyMap<number, number>;

/** The storefront's histogram of its answers with this status. */
export async function durationsOf(shop: Http, status: string): Promise<Durations> {
  const { text } = await shop('GET', '/metrics');
  const counts = new Map<number, number>();
  for (const [, labels, count] of text.matchAll(/^http_server_request_duration_seconds_bucket\{(.*)\} (\d+)$/gm)) {
    if (!labels?.includes(`status="${status}"`)) continue;
    const bound = Number(/le="([^"]+)"/.exec(labels)?.[1]?.replace('+Inf', 'Infinity'));
    counts.set(bound, (counts.get(bound) ?? 0) + Number(count));
  }
  return counts;
}

/** No more than this was needed for such a share of the answers that came between two looks, milliseconds: a bound of the histogram, 0 when none came. */
export function upperBoundMs(before: Durations, after: Durations, share: number): number {
  const fresh = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const).sort(([a], [b]) => a - b);
  const all = fresh.at(-1)?.[1] ?? 0;
  return all === 0 ? 0 : 1_000 * (fresh.find(([, count]) => count >= all * share)?.[0] ?? Infinity);
}
