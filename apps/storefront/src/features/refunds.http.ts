import { Controller } from '@nestjs/common';
import type { Answer } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Orders } from './orders.http.js';
import { moneyTo, present } from './schemas/common.schema.js';
import { NewRefund, Refund, refundFrom } from './schemas/refund.schema.js';

/** A refund waits for the bank's word, with its deadline of 10 s. */
const refundTimeoutMs = 20_000;

const refundOrder = endpoint({
  operationId: 'refundOrder',
  method: 'POST',
  path: '/v1/orders/:orderId/refunds',
  tag: 'Orders',
  policy: 'staff',
  idempotencyKey: 'required',
  summary: 'Give money back: lines, an amount, or all that is left; lines return to stock',
  body: NewRefund,
  answers: { 201: Refund },
  refuses: ['refund-refused', 'refund-exceeds-payment'],
});

/** Money that goes back to the shopper. */
@Controller()
export class RefundsHttp {
  constructor(private readonly orders: Orders) {}

  @Serves(refundOrder)
  async refund({ params, body, as }: CallOf<typeof refundOrder>): Promise<Answer> {
    const { lines = [], amount, reason } = body;
    const request = { ...params, lines, reason, ...present({ amount: amount && moneyTo(amount) }) };
    return { status: 201, body: refundFrom(await this.orders.peer.refundOrder(request, { ...as, timeoutMs: refundTimeoutMs })) };
  }
}
