/** What one can be told of. */
export const eventTypes = ['order.confirmed', 'order.shipped', 'order.delivered', 'order.cancelled', 'order.refunded'] as const;
export type EventType = (typeof eventTypes)[number];

/** An address somebody is told at. Ids are UUIDs. */
export type Endpoint = {
  readonly id: string;
  readonly sequence: bigint;
  readonly ownerId: string;
  readonly url: string;
  readonly events: readonly EventType[];
  readonly disabledWhy: DisabledWhy | null;
  readonly createdAt: Date;
};

/** `gone`: it answered 410; `failing`: nothing was taken for as long as one delivery is tried. */
export type DisabledWhy = 'gone' | 'failing' | 'by-owner';

/** Endpoints of one owner. */
export const mostEndpoints = 20;

/** How long the secret before a rotation signs too, hours. */
export const rotationHours = 24;

export type UrlFault = 'not-a-url' | 'not-http' | 'has-credentials' | 'has-fragment' | 'too-long';

/** A text that can be told at, as far as its form says; whether its address is a public one is looked at elsewhere. */
export function parseUrl(
  text: string,
): { readonly kind: 'url'; readonly url: URL } | { readonly kind: 'fault'; readonly because: UrlFault } {
  const fault = (because: UrlFault) => ({ kind: 'fault', because }) as const;
  if (text.length > 2_000) return fault('too-long');
  if (!URL.canParse(text)) return fault('not-a-url');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return fault('not-http');
  if (url.username !== '' || url.password !== '') return fault('has-credentials');
  return url.hash === '' ? { kind: 'url', url } : fault('has-fragment');
}
