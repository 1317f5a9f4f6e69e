import type { webhookV1 } from '@tandem/contracts';
import { z } from 'zod';
import { listOf, present } from './common.schema.js';

const event = z.enum(['order.confirmed', 'order.shipped', 'order.delivered', 'order.cancelled', 'order.refunded']);
const events = z.array(event).min(1).max(20);
const url = z.string().min(1).max(2_000).describe('http or https, on the public internet');

export const NewWebhookEndpoint = z.strictObject({ url, events }).meta({ id: 'NewWebhookEndpoint' });
export const WebhookEndpointChange = z
  .strictObject({ url: url.optional(), events: events.optional(), enabled: z.boolean().optional() })
  .meta({ id: 'WebhookEndpointChange' });

const endpoint = {
  id: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  disabledReason: z.enum(['gone', 'failing', 'by-owner']).optional(),
  createdAt: z.string(),
};
export const WebhookEndpoint = z.object(endpoint).meta({ id: 'WebhookEndpoint' });
export const WebhookEndpointWithSecret = z
  .object({ ...endpoint, secret: z.string().describe('Shown here only; signs every delivery (Standard Webhooks)') })
  .meta({ id: 'WebhookEndpointWithSecret' });
export const WebhookEndpoints = listOf(WebhookEndpoint, 'WebhookEndpoints');

export const WebhookDelivery = z
  .object({
    id: z.string().describe('The same as the header `webhook-id`'),
    event: z.string(),
    orderId: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    at: z.string(),
    lastStatus: z.int().optional().describe('HTTP status of the last answer'),
    lastError: z.string().optional(),
  })
  .meta({ id: 'WebhookDelivery' });
export const WebhookDeliveries = listOf(WebhookDelivery, 'WebhookDeliveries');

export function endpointFrom({
  id,
  url: address,
  events: types,
  enabled,
  disabledReason,
  createdAt,
}: webhookV1.Endpoint): z.infer<typeof WebhookEndpoint> {
  const reason = disabledReason as z.infer<typeof WebhookEndpoint>['disabledReason'];
  return { id, url: address, events: types, enabled, ...present({ disabledReason: reason }), createdAt };
}

export function endpointWithSecretFrom({ endpoint: made, secret }: webhookV1.NewEndpoint): z.infer<typeof WebhookEndpointWithSecret> {
  if (!made) throw new TypeError('webhook left out the endpoint');
  return { ...endpointFrom(made), secret };
}

export function deliveryFrom({
  id,
  event: type,
  orderId,
  status,
  attempts,
  at,
  lastStatus,
  lastError,
}: webhookV1.Delivery): z.infer<typeof WebhookDelivery> {
  return { id, event: type, orderId, status: status as 'pending', attempts, at, ...present({ lastStatus, lastError }) };
}
