import { Controller } from '@nestjs/common';
import type { webhookV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import { type Answer, created, noContent, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { listFrom, PageQuery, pageOf, present } from './schemas/common.schema.js';
import {
  deliveryFrom,
  endpointFrom,
  endpointWithSecretFrom,
  NewWebhookEndpoint,
  WebhookDeliveries,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointChange,
  WebhookEndpoints,
  WebhookEndpointWithSecret,
} from './schemas/webhook.schema.js';

const createEndpoint = endpoint({
  operationId: 'createWebhookEndpoint',
  method: 'POST',
  path: '/v1/webhook-endpoints',
  tag: 'Webhooks',
  policy: 'user',
  idempotencyKey: 'honoured',
  summary: 'Be told of one’s own orders at an address',
  body: NewWebhookEndpoint,
  answers: { 201: WebhookEndpointWithSecret },
  refuses: ['webhook-endpoint-limit'],
});
const listEndpoints = endpoint({
  operationId: 'listWebhookEndpoints',
  method: 'GET',
  path: '/v1/webhook-endpoints',
  tag: 'Webhooks',
  policy: 'user',
  summary: 'One’s own endpoints, newest first',
  query: PageQuery,
  answers: { 200: WebhookEndpoints },
  refuses: ['bad-cursor'],
});
const getEndpoint = endpoint({
  operationId: 'getWebhookEndpoint',
  method: 'GET',
  path: '/v1/webhook-endpoints/:endpointId',
  tag: 'Webhooks',
  policy: 'user',
  summary: 'One endpoint, without its secret',
  answers: { 200: WebhookEndpoint },
});
const updateEndpoint = endpoint({
  operationId: 'updateWebhookEndpoint',
  method: 'PATCH',
  path: '/v1/webhook-endpoints/:endpointId',
  tag: 'Webhooks',
  policy: 'user',
  summary: 'Change where it is, what it is told, or whether',
  body: WebhookEndpointChange,
  answers: { 200: WebhookEndpoint },
});
const deleteEndpoint = endpoint({
  operationId: 'deleteWebhookEndpoint',
  method: 'DELETE',
  path: '/v1/webhook-endpoints/:endpointId',
  tag: 'Webhooks',
  policy: 'user',
  summary: 'Be told no more; its deliveries are forgotten',
  answers: { 204: null },
});
const rotateSecret = endpoint({
  operationId: 'rotateWebhookSecret',
  method: 'POST',
  path: '/v1/webhook-endpoints/:endpointId/rotate-secret',
  tag: 'Webhooks',
  policy: 'user',
  idempotencyKey: 'honoured',
  summary: 'A new secret; the one before signs too for a day',
  answers: { 201: WebhookEndpointWithSecret },
});
const listDeliveries = endpoint({
  operationId: 'listWebhookDeliveries',
  method: 'GET',
  path: '/v1/webhook-endpoints/:endpointId/deliveries',
  tag: 'Webhooks',
  policy: 'user',
  summary: 'What an endpoint was told, newest first',
  query: PageQuery,
  answers: { 200: WebhookDeliveries },
  refuses: ['bad-cursor'],
});
const resendDelivery = endpoint({
  operationId: 'resendWebhookDelivery',
  method: 'POST',
  path: '/v1/webhook-endpoints/:endpointId/deliveries/:deliveryId/resend',
  tag: 'Webhooks',
  policy: 'user',
  idempotencyKey: 'honoured',
  summary: 'Tell it once more, under the same webhook-id',
  answers: { 202: WebhookDelivery },
  refuses: ['webhook-endpoint-disabled'],
});

/** The webhook service. */
export class WebhookPeer {
  constructor(readonly peer: Peer<typeof webhookV1.WebhookServiceService>) {}
}

/** Where shoppers are told of their orders. */
@Controller()
export class WebhookEndpointsHttp {
  constructor(private readonly webhooks: WebhookPeer) {}

  @Serves(createEndpoint)
  async create({ body, as }: CallOf<typeof createEndpoint>): Promise<Answer> {
    const made = endpointWithSecretFrom(await this.webhooks.peer.createEndpoint(body, as));
    return created(made, { Location: `/v1/webhook-endpoints/${made.id}` });
  }

  @Serves(listEndpoints)
  async list({ query, as }: CallOf<typeof listEndpoints>): Promise<Answer> {
    const page = await this.webhooks.peer.listEndpoints(pageOf(query), as);
    return ok(listFrom(page.endpoints.map(endpointFrom), page.nextCursor));
  }

  @Serves(getEndpoint)
  async get({ params, as }: CallOf<typeof getEndpoint>): Promise<Answer> {
    return ok(endpointFrom(await this.webhooks.peer.getEndpoint(params, as)));
  }

  @Serves(updateEndpoint)
  async update({ params, body, as }: CallOf<typeof updateEndpoint>): Promise<Answer> {
    const { events = [], url, enabled } = body;
    return ok(endpointFrom(await this.webhooks.peer.updateEndpoint({ ...params, events, ...present({ url, enabled }) }, as)));
  }

  @Serves(deleteEndpoint)
  async delete({ params, as }: CallOf<typeof deleteEndpoint>): Promise<Answer> {
    await this.webhooks.peer.deleteEndpoint(params, as);
    return noContent();
  }

  @Serves(rotateSecret)
  async rotate({ params, as }: CallOf<typeof rotateSecret>): Promise<Answer> {
    return created(endpointWithSecretFrom(await this.webhooks.peer.rotateSecret(params, as)));
  }

  @Serves(listDeliveries)
  async deliveries({ params, query, as }: CallOf<typeof listDeliveries>): Promise<Answer> {
    const page = await this.webhooks.peer.listDeliveries({ ...params, ...pageOf(query) }, as);
    return ok(listFrom(page.deliveries.map(deliveryFrom), page.nextCursor));
  }

  @Serves(resendDelivery)
  async resend({ params, as }: CallOf<typeof resendDelivery>): Promise<Answer> {
    return { status: 202, body: deliveryFrom(await this.webhooks.peer.resendDelivery(params, as)) };
  }
}
