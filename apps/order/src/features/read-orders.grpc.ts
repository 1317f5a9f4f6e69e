import { Controller } from '@nestjs/common';
import type { orderV1 } from '@tandem/contracts';
import { type Caller, invalidField, isStaff, notFound, parsePublicId, principalOf, Rpc } from '@tandem/host';
import type { OrderId } from '@tandem/kernel';
import { type Order } from '../domain/order.js';
import { isOrderStatus } from '../domain/order-states.js';
import type { OrderFilter, OrderLists, OrderPage, OrderStore } from '../domain/order-store.js';
import type { RefundList } from '../domain/refund-store.js';
import { toRefundReply, toReply } from './order-reply.js';
import { cursorAfter, cursorOf, limitFrom, placeFrom, sortKeyFrom } from './paging.js';

/** What reading orders stands on. */
export class OrderReads {
  constructor(
    readonly orders: Pick<OrderStore, 'find' | 'history'>,
    readonly lists: OrderLists,
    readonly refunds: RefundList,
  ) {}
}

/** An order, its history, its refunds, a shopper's orders, staff's search. */
@Controller()
export class ReadOrdersGrpc {
  constructor(private readonly reads: OrderReads) {}

  @Rpc('OrderService', 'getOrder', ['user'])
  async get({ orderId }: orderV1.GetOrderRequest, caller: Caller): Promise<orderV1.Order> {
    return toReply(await this.visible(orderId, caller));
  }

  @Rpc('OrderService', 'listOrders', ['user'])
  async list({ limit, cursor }: orderV1.ListOrdersRequest, caller: Caller): Promise<orderV1.OrderPage> {
    return pageReply(await this.reads.lists.ofOwner(principalOf(caller).id, sortKeyFrom(cursor), limitFrom(limit)));
  }

  @Rpc('OrderService', 'searchOrders', ['staff'])
  async search(request: orderV1.SearchOrdersRequest): Promise<orderV1.OrderPage> {
    return pageReply(await this.reads.lists.search(filterFrom(request), sortKeyFrom(request.cursor), limitFrom(request.limit)));
  }

  @Rpc('OrderService', 'listOrderEvents', ['user'])
  async events({ orderId, limit, cursor }: orderV1.ListOrderEventsRequest, caller: Caller): Promise<orderV1.OrderEventPage> {
    const size = limitFrom(limit);
    const after = Number(sortKeyFrom(cursor) ?? 0n);
    const order = await this.visible(orderId, caller);
    const found = await this.reads.orders.history(order.id, after, size + 1);
    const shown = found.slice(0, size);
    const events = shown.map(({ sequence, type, at, data }) => ({
      sequence: String(sequence),
      type,
      at: at.toISOString(),
      dataJson: JSON.stringify(data),
    }));
    return { events, nextCursor: found.length > size ? cursorOf(shown.at(-1)?.sequence ?? 0) : '' };
  }

  @Rpc('OrderService', 'listOrderRefunds', ['user'])
  async refunds({ orderId, limit, cursor }: orderV1.ListOrderRefundsRequest, caller: Caller): Promise<orderV1.OrderRefundPage> {
    const size = limitFrom(limit);
    const after = placeFrom(cursor);
    const order = await this.visible(orderId, caller);
    const found = await this.reads.refunds.page(order.id, after, size + 1);
    const shown = found.slice(0, size);
    const last = shown.at(-1);
    return { refunds: shown.map(toRefundReply), nextCursor: found.length > size && last ? cursorAfter(last) : '' };
  }

  /** Staff sees every order, anyone else their own; another's is not there. */
  private async visible(id: string, caller: Caller): Promise<Order> {
    if (parsePublicId('order', id) === undefined) throw notFound();
    const order = await this.reads.orders.find(id as OrderId);
    if (!order || (!isStaff(caller) && order.ownerId !== principalOf(caller).id)) throw notFound();
    return order;
  }
}

function pageReply({ orders, next }: OrderPage): orderV1.OrderPage {
  return { orders: orders.map(toReply), nextCursor: next === null ? '' : cursorOf(next) };
}

function filterFrom({ q, status, from, to }: orderV1.SearchOrdersRequest): OrderFilter {
  if (q.length > 254 || q.includes('\0')) throw invalidField('/query/q', 'invalid', 'a number, an e-mail or an id');
  if (status !== '' && !isOrderStatus(status)) throw invalidField('/query/status', 'invalid', 'a status of an order');
  return {
    ...(q === '' ? {} : { q }),
    ...(isOrderStatus(status) ? { status } : {}),
    ...(from === '' ? {} : { from: instantFrom(from, '/query/from') }),
    ...(to === '' ? {} : { to: instantFrom(to, '/query/to') }),
  };
}

/** Source: RFC 3339; a date alone is its midnight in UTC. */
function instantFrom(text: string, pointer: string): Date {
  const at = new Date(text);
  const isInRange = at.getUTCFullYear() >= 1970 && at.getUTCFullYear() < 10_000;
  if (!/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) || !isInRange)
    throw invalidField(pointer, 'invalid', 'an instant, RFC 3339');
  return at;
}
