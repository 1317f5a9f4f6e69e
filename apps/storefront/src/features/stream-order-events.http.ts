import { Controller, Req } from '@nestjs/common';
import { invalidField } from '@tandem/host';
import type { FastifyRequest } from 'fastify';
import { positionFrom, streamHeaders } from '../domain/event-stream.js';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import type { LiveStreams } from './live-streams.js';
import { Orders } from './orders.http.js';
import { OrderEventStream } from './schemas/order.schema.js';

const streamOrderEvents = endpoint({
  operationId: 'streamOrderEvents',
  method: 'GET',
  path: '/v1/orders/:orderId/events/stream',
  tag: 'Orders',
  policy: 'user',
  isStream: true,
  reads: ['Last-Event-ID'],
  summary: 'What happens to an order, live, as server-sent events that can be resumed',
  answers: { 200: OrderEventStream },
});

/** The open streams of orders. */
export class LiveOrders {
  constructor(readonly streams: LiveStreams) {}
}

/** An order, live. Who may read the order's events may follow them. */
@Controller()
export class StreamOrderEventsHttp {
  constructor(
    private readonly orders: Orders,
    private readonly live: LiveOrders,
  ) {}

  @Serves(streamOrderEvents)
  async stream({ params, header, principal, as }: CallOf<typeof streamOrderEvents>, @Req() request: FastifyRequest): Promise<Answer> {
    const after = positionFrom(header('last-event-id'));
    if (after === undefined) throw invalidField('/header/Last-Event-ID', 'invalid-format', 'wants the id of an event of this stream');
    await this.orders.peer.listOrderEvents({ ...params, limit: 1, cursor: '' }, as);
    if (request.method === 'HEAD') return ok(undefined, streamHeaders);
    return ok(this.live.streams.run({ id: params.orderId, principalId: principal.id, after }), streamHeaders);
  }
}
