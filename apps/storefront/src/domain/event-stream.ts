/** An event as it goes to a shopper: `body` is its data, whole. Nothing comes after one that is the last. */
export type StreamedEvent = { readonly sequence: number; readonly type: string; readonly body: unknown; readonly isLast?: boolean };

/** How long a client waits before it connects again, milliseconds. */
const retryMs = 1_000;

/** First bytes of a stream, sent at once so that the client sees it open. Source: HTML standard, "Server-sent events". */
export const opening = `retry: ${retryMs}\n\n`;

/** A comment, which clients ignore. */
export const heartbeat = ': here\n\n';

/** An event on the wire. JSON has no line breaks, so one `data` line holds it. */
export function frameOf(event: StreamedEvent): string {
  return `id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(event.body)}\n\n`;
}

/** The sequence after which a stream goes on: 0 without the header, `undefined` when it is not one of our ids. */
export function positionFrom(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined) return 0;
  return /^\d{1,9}$/.test(lastEventId) ? Number(lastEventId) : undefined;
}

/** Proxies that gather answers would hold events back. Source: nginx, `X-Accel-Buffering`. */
export const streamHeaders = { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' };
