import { Controller } from '@nestjs/common';
import type { orderV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { LookupLimits } from './edge/lookup-limits.js';
import { listFrom, PageQuery, pageOf, present } from './schemas/common.schema.js';
import { Cancellation, Lookup, Order, orderEventFrom, OrderEvents, orderFrom, Orders as OrderList } from './schemas/order.schema.js';

/** A cancellation asks shipping first. */
const cancelPatienceMs = 15_000;

const listOrders = endpoint({
  operationId: 'listOrders',
  method: 'GET',
  path: '/v1/orders',
  tag: 'Orders',
  policy: 'user',
  summary: 'One’s own orders, newest first',
  query: PageQuery,
  answers: { 200: OrderList },
  refuses: ['bad-cursor'],
});
const lookupOrder = endpoint({
  operationId: 'lookupOrder',
  method: 'POST',
  path: '/v1/orders/lookup',
  tag: 'Orders',
  policy: 'public',
  summary: 'Find an order by its number and e-mail',
  body: Lookup,
  answers: { 200: Order },
  refuses: ['not-found'],
});
const getOrder = endpoint({
  operationId: 'getOrder',
  method: 'GET',
  path: '/v1/orders/:orderId',
  tag: 'Orders',
  policy: 'user',
  summary: 'One order',
  answers: { 200: Order },
});
const listOrderEvents = endpoint({
  operationId: 'listOrderEvents',
  method: 'GET',
  path: '/v1/orders/:orderId/events',
  tag: 'Orders',
  policy: 'user',
  summary: 'What happened to an order, in order',
  query: PageQuery,
  answers: { 200: OrderEvents },
  refuses: ['bad-cursor'],
});
const cancelOrder = endpoint({
  operationId: 'cancelOrder',
  method: 'POST',
  path: '/v1/orders/:orderId/cancel',
  tag: 'Orders',
  policy: 'user',
  idempotencyKey: 'required',
  patienceMs: cancelPatienceMs,
  summary: 'Cancel an order that is not on its way; money, stock and points come back',
  body: Cancellation,
  answers: { 200: Order },
  refuses: ['already-shipped', 'order-not-cancellable'],
});

/** The order service, and how often it is asked for an order that nobody has shown to be theirs. */
export class Orders {
  readonly lookups = new LookupLimits();
  constructor(readonly peer: Peer<typeof orderV1.OrderServiceService>) {}
}

/** What was bought. */
@Controller()
export class OrdersHttp {
  constructor(private readonly orders: Orders) {}

  @Serves(listOrders)
  async list({ query, as }: CallOf<typeof listOrders>): Promise<Answer> {
    const page = await this.orders.peer.listOrders(pageOf(query), as);
    return ok(listFrom(page.orders.map(orderFrom), page.nextCursor));
  }

  @Serves(lookupOrder)
  async lookup({ body, ip, as }: CallOf<typeof lookupOrder>): Promise<Answer> {
    const { email, number: typed } = body;
    const ask = (number: string) => this.orders.peer.lookupOrder({ number, email }, as);
    return ok(orderFrom(await this.orders.lookups.run({ ip, number: typed }, ask)));
  }

  @Serves(getOrder)
  async get({ params, as }: CallOf<typeof getOrder>): Promise<Answer> {
    return ok(orderFrom(await this.orders.peer.getOrder(params, as)));
  }

  @Serves(listOrderEvents)
  async events({ params, query, as }: CallOf<typeof listOrderEvents>): Promise<Answer> {
    const page = await this.orders.peer.listOrderEvents({ ...params, ...pageOf(query) }, as);
    return ok(listFrom(page.events.map(orderEventFrom), page.nextCursor));
  }

  @Serves(cancelOrder)
  async cancel({ params, body, as }: CallOf<typeof cancelOrder>): Promise<Answer> {
    return ok(orderFrom(await this.orders.peer.cancelOrder({ ...params, ...present({ reason: body?.reason }) }, as)));
  }
}
