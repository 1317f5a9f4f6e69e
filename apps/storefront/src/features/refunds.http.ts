import { Controller } from '@nestjs/common';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Orders } from './orders.http.js';
import { listFrom, moneyTo, PageQuery, pageOf, present } from './schemas/common.schema.js';
import { listedRefundFrom, ListedRefunds, NewRefund, Refund, refundFrom } from './schemas/refund.schema.js';

/** A refund waits for the bank's word, with its deadline of 10 s. */
const refundPatienceMs = 20_000;

const refundOrder = endpoint({
  operationId: 'refundOrder',
  method: 'POST',
  path: '/v1/orders/:orderId/refunds',
  tag: 'Orders',
  policy: 'staff',
  idempotencyKey: 'required',
  patienceMs: refundPatienceMs,
  summary: 'Give money back: lines, an amount, or all that is left; lines return to stock',
  body: NewRefund,
  answers: { 201: Refund },
  refuses: ['refund-refused', 'refund-exceeds-payment'],
});

const listOrderRefunds = endpoint({
  operationId: 'listOrderRefunds',
  method: 'GET',
  path: '/v1/orders/:orderId/refunds',
  tag: 'Orders',
  policy: 'user',
  summary: 'What went back of an order’s money, or is to, in the order it was asked for',
  query: PageQuery,
  answers: { 200: ListedRefunds },
  refuses: ['bad-cursor'],
});

/** Money that goes back to the shopper. */
@Controller()
export class RefundsHttp {
  constructor(private readonly orders: Orders) {}

  @Serves(listOrderRefunds)
  async list({ params, query, as }: CallOf<typeof listOrderRefunds>): Promise<Answer> {
    const page = await this.orders.peer.listOrderRefunds({ ...params, ...pageOf(query) }, as);
    return ok(listFrom(page.refunds.map(listedRefundFrom), page.nextCursor));
  }

  @Serves(refundOrder)
  async refund({ params, body, as }: CallOf<typeof refundOrder>): Promise<Answer> {
    const { lines = [], amount, reason } = body;
    const request = { ...params, lines, reason, ...present({ amount: amount && moneyTo(amount) }) };
    return { status: 201, body: refundFrom(await this.orders.peer.refundOrder(request, as)) };
  }
}
