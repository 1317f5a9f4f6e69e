import type { webhookV1 } from '@tandem/contracts';
import { badCursor, toPublicId } from '@tandem/host';
import type { Delivery } from '../domain/delivery.js';
import type { Endpoint } from '../domain/endpoint.js';

/** An endpoint as its owner sees it: without its secret. */
export function endpointReply({ id, url, events, disabledWhy, createdAt }: Endpoint): webhookV1.Endpoint {
  const disabled = disabledWhy === null ? {} : { disabledReason: disabledWhy };
  return {
    id: toPublicId('webhookEndpoint', id),
    url,
    events: [...events],
    enabled: disabledWhy === null,
    ...disabled,
    createdAt: createdAt.toISOString(),
  };
}

export function deliveryReply({ id, event, orderId, status, attempts, createdAt, lastStatus, lastError }: Delivery): webhookV1.Delivery {
  const last = { ...(lastStatus === null ? {} : { lastStatus }), ...(lastError === null ? {} : { lastError }) };
  return {
    id: toPublicId('webhookDelivery', id),
    event,
    orderId: toPublicId('order', orderId),
    status,
    attempts,
    at: createdAt.toISOString(),
    ...last,
  };
}

/** A page of `size` of rows that were read one further. */
export function pageOf<Row extends { readonly sequence: bigint }>(
  rows: readonly Row[],
  size: number,
): { readonly shown: readonly Row[]; readonly nextCursor: string } {
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return { shown, nextCursor: rows.length > size && last ? Buffer.from(String(last.sequence)).toString('base64url') : '' };
}

/** The sequence behind a cursor; `null` for the first page. Refuses with `bad-cursor`. */
export function sequenceFrom(cursor: string): bigint | null {
  if (cursor === '') return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^[1-9]\d{0,17}$/.test(text)) throw badCursor();
  return BigInt(text);
}
