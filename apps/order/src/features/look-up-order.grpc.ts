import { Controller } from '@nestjs/common';
import type { orderV1 } from '@tandem/contracts';
import { notFound, Refusal, Rpc } from '@tandem/host';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { normalizeOrderNumber } from '../domain/order-number.js';
import type { OrderStore } from '../domain/order-store.js';
import { toReply } from './order-reply.js';

/** Tries per order number and minute, in one process. Source: docs/reference/api.md, "Rate limits". */
const triesPerMinute = 10;

/** What a look-up stands on. */
export class OrderLookups {
  readonly tries = new RateLimiterMemory({ points: triesPerMinute, duration: 60 });
  constructor(readonly orders: Pick<OrderStore, 'findByNumber'>) {}
}

/** An order for whoever has its number and its e-mail: both or nothing, so that neither can be guessed alone. */
@Controller()
export class LookUpOrderGrpc {
  constructor(private readonly lookups: OrderLookups) {}

  @Rpc('OrderService', 'lookupOrder', ['public'])
  async handle(request: orderV1.LookupOrderRequest): Promise<orderV1.Order> {
    const number = normalizeOrderNumber(request.number);
    if (!/^[0-9A-Z]{8}$/.test(number)) throw notFound();
    await this.spend(number);
    const order = await this.lookups.orders.findByNumber(number);
    if (!order?.isPromised || order.email.toLowerCase() !== request.email.trim().toLowerCase()) throw notFound();
    return toReply(order);
  }

  private async spend(number: string): Promise<void> {
    await this.lookups.tries.consume(number).catch((rejected: RateLimiterRes) => {
      const retryAfterSeconds = Math.max(1, Math.ceil(rejected.msBeforeNext / 1_000));
      throw new Refusal('rate-limited', {
        detail: `this order was asked for too often; ask again in ${retryAfterSeconds} s`,
        retryAfterSeconds,
      });
    });
  }
}
