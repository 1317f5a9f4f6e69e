import { randomBytes } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { webhookV1 } from '@tandem/contracts';
import {
  type Caller,
  hashOf,
  invalidField,
  newUuid,
  noSuch,
  ownerOf,
  once,
  parsePublicId,
  Refusal,
  Rpc,
  scopeOf,
  toPublicId,
} from '@tandem/host';
import type { Database, Tx } from '@tandem/kernel';
import { type DisabledWhy, type Endpoint, type EventType, eventTypes, mostEndpoints, parseUrl } from '../domain/endpoint.js';
import type { Endpoints, Sender } from '../domain/ports.js';
import { deliveryReply, endpointReply, pageOf, sequenceFrom } from './replies.js';

/** What endpoints stand on. */
export class EndpointParts {
  constructor(
    readonly endpoints: Endpoints,
    readonly sender: Pick<Sender, 'mayTell'>,
    readonly database: Database,
    /** Called after a resend. */
    readonly onDue: () => void,
  ) {}
}

/** Endpoints of shoppers. Another's is not there. */
@Controller()
export class EndpointsGrpc {
  constructor(private readonly parts: EndpointParts) {}

  @Rpc('WebhookService', 'createEndpoint', ['user'])
  async create(request: webhookV1.CreateEndpointRequest, caller: Caller): Promise<webhookV1.NewEndpoint> {
    const body = webhookV1.CreateEndpointRequest.encode(request).finish();
    return this.once(
      caller,
      { operation: 'webhook.CreateEndpoint', body, prepare: () => this.wanted(request) },
      async (tx, { url, events }) => {
        const secret = newSecret();
        const endpoint = await this.parts.endpoints.create(tx, { id: newUuid(), ownerId: ownerOf(caller), url, events, secret });
        if (!endpoint) throw tooMany();
        return { endpoint: endpointReply(endpoint), secret };
      },
    );
  }

  @Rpc('WebhookService', 'listEndpoints', ['user'])
  async list({ limit, cursor }: webhookV1.ListEndpointsRequest, caller: Caller): Promise<webhookV1.EndpointPage> {
    const size = limit || 20;
    const { shown, nextCursor } = pageOf(await this.parts.endpoints.ofOwner(ownerOf(caller), sequenceFrom(cursor), size + 1), size);
    return { endpoints: shown.map(endpointReply), nextCursor };
  }

  @Rpc('WebhookService', 'getEndpoint', ['user'])
  async get({ endpointId }: webhookV1.EndpointRequest, caller: Caller): Promise<webhookV1.Endpoint> {
    return endpointReply(await this.found(endpointId, caller));
  }

  @Rpc('WebhookService', 'updateEndpoint', ['user'])
  async update({ endpointId, url, events, enabled }: webhookV1.UpdateEndpointRequest, caller: Caller): Promise<webhookV1.Endpoint> {
    const { id } = await this.found(endpointId, caller);
    const change = {
      ...(url === undefined ? {} : { url: await this.wantedUrl(url) }),
      ...(events.length === 0 ? {} : { events: wantedEvents(events) }),
      ...(enabled === undefined ? {} : { isEnabled: enabled }),
    };
    const updated = await this.parts.endpoints.update(ownerOf(caller), id, change);
    if (!updated) throw noSuchEndpoint(endpointId);
    this.parts.onDue();
    return endpointReply(updated);
  }

  @Rpc('WebhookService', 'deleteEndpoint', ['user'])
  async delete({ endpointId }: webhookV1.EndpointRequest, caller: Caller): Promise<webhookV1.Deleted> {
    if (!(await this.parts.endpoints.delete(ownerOf(caller), endpointUuid(endpointId)))) throw noSuchEndpoint(endpointId);
    return {};
  }

  @Rpc('WebhookService', 'rotateSecret', ['user'])
  async rotate(request: webhookV1.EndpointRequest, caller: Caller): Promise<webhookV1.NewEndpoint> {
    const body = webhookV1.EndpointRequest.encode(request).finish();
    return this.once(
      caller,
      { operation: 'webhook.RotateSecret', body, prepare: () => Promise.resolve(endpointUuid(request.endpointId)) },
      async (tx, id) => {
        const secret = newSecret();
        const endpoint = await this.parts.endpoints.rotate(tx, ownerOf(caller), { id, secret });
        if (!endpoint) throw noSuchEndpoint(request.endpointId);
        return { endpoint: endpointReply(endpoint), secret };
      },
    );
  }

  @Rpc('WebhookService', 'listDeliveries', ['user'])
  async deliveries({ endpointId, limit, cursor }: webhookV1.ListDeliveriesRequest, caller: Caller): Promise<webhookV1.DeliveryPage> {
    const size = limit || 20;
    const { id } = await this.found(endpointId, caller);
    const { shown, nextCursor } = pageOf(await this.parts.endpoints.deliveries(id, sequenceFrom(cursor), size + 1), size);
    return { deliveries: shown.map(deliveryReply), nextCursor };
  }

  @Rpc('WebhookService', 'resendDelivery', ['user'])
  async resend(request: webhookV1.ResendDeliveryRequest, caller: Caller): Promise<webhookV1.Delivery> {
    const body = webhookV1.ResendDeliveryRequest.encode(request).finish();
    const reply = await this.once(
      caller,
      { operation: 'webhook.ResendDelivery', body, prepare: () => this.found(request.endpointId, caller) },
      async (tx, endpoint) => {
        const id = parsePublicId('webhookDelivery', request.deliveryId);
        if (id === undefined) throw noSuch('delivery', request.deliveryId);
        if (endpoint.disabledWhy !== null) throw disabled(endpoint.id, endpoint.disabledWhy);
        const delivery = await this.parts.endpoints.resend(tx, endpoint.id, id);
        if (!delivery) throw noSuch('delivery', request.deliveryId);
        return deliveryReply(delivery);
      },
    );
    this.parts.onDue();
    return reply;
  }

  private once<Prepared, Reply>(
    caller: Caller,
    asked: { operation: string; body: Uint8Array; prepare: () => Promise<Prepared> },
    run: (tx: Tx, prepared: Prepared) => Promise<Reply>,
  ): Promise<Reply> {
    return once(this.parts.database, caller, scopeOf(caller, hashOf(asked.operation, asked.body)), { prepare: asked.prepare, run });
  }

  private async found(endpointId: string, caller: Caller): Promise<Endpoint> {
    const endpoint = await this.parts.endpoints.find(ownerOf(caller), endpointUuid(endpointId));
    if (!endpoint) throw noSuchEndpoint(endpointId);
    return endpoint;
  }

  private async wanted({
    url,
    events,
  }: webhookV1.CreateEndpointRequest): Promise<{ readonly url: string; readonly events: readonly EventType[] }> {
    return { url: await this.wantedUrl(url), events: wantedEvents(events) };
  }

  private async wantedUrl(text: string): Promise<string> {
    const parsed = parseUrl(text);
    if (parsed.kind === 'fault')
      throw invalidField('/url', parsed.because, 'wants an http or https address without credentials and fragment');
    if (!(await this.parts.sender.mayTell(parsed.url)))
      throw invalidField('/url', 'private-address', 'wants an address of the public internet');
    return parsed.url.href;
  }
}

/** 24 bytes or more. Source: Standard Webhooks 1.0, "Signature scheme". */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function noSuchEndpoint(id: string): Refusal {
  return noSuch('webhook endpoint', id);
}

function tooMany(): Refusal {
  return new Refusal('webhook-endpoint-limit', { detail: `${mostEndpoints} endpoints are the most one may have; delete one first` });
}

const disabledBecause: Readonly<Record<DisabledWhy, string>> = {
  gone: 'it answered 410',
  failing: 'it took nothing for three days',
  'by-owner': 'you disabled it',
};

function disabled(id: string, why: DisabledWhy): Refusal {
  const detail = `${toPublicId('webhookEndpoint', id)} is disabled, since ${disabledBecause[why]}; enable it first, by PATCH with "enabled": true`;
  return new Refusal('webhook-endpoint-disabled', { detail });
}

function endpointUuid(id: string): string {
  const uuid = parsePublicId('webhookEndpoint', id);
  if (uuid === undefined) throw noSuchEndpoint(id);
  return uuid;
}

function wantedEvents(events: readonly string[]): readonly EventType[] {
  const known = eventTypes.filter((type) => events.includes(type));
  if (events.length === 0) throw invalidField('/events', 'too-small', 'wants at least one event');
  const strange = events.findIndex((event) => !eventTypes.includes(event as EventType));
  if (strange >= 0) throw invalidField(`/events/${strange}`, 'unknown-event', `wants one of ${eventTypes.join(', ')}`);
  return known;
}
