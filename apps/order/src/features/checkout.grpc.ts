import { Controller } from '@nestjs/common';
import { orderV1, type Problem } from '@tandem/contracts';
import { type Caller, hashOf, keyInFlight, keyMissing, keyReused, notFound, parsePublicId, principalOf, Refusal, Rpc } from '@tandem/host';
import type { CartId, CustomerId } from '@tandem/kernel';
import type { Answer, CheckoutCommand } from '../domain/checkout.js';
import { Checkout } from './checkout.js';
import { toReply } from './order-reply.js';
import { readCheckout } from './read-checkout.js';

/** The checkout's edge: validate, run, translate. */
@Controller()
export class CheckoutGrpc {
  constructor(private readonly checkout: Checkout) {}

  @Rpc('OrderService', 'checkout', ['user'])
  async handle(request: orderV1.CheckoutRequest, caller: Caller): Promise<orderV1.Order> {
    if (caller.idempotencyKey === undefined) throw keyMissing();
    const command = commandFrom(request, caller);
    const reply = await this.checkout.run({ key: caller.idempotencyKey, requestHash: requestHashOf(request), command });
    switch (reply.kind) {
      case 'ordered':
        return toReply(reply.order);
      case 'replayed':
        return replay(reply.answer, reply.requestId, caller);
      case 'refused':
        throw refusalOf(reply.problem);
      case 'reused':
        throw keyReused();
      case 'in-flight':
        throw keyInFlight();
      case 'overloaded':
        throw new Refusal('overloaded', { detail: 'too many checkouts are under way; ask again with the same key', retryAfterSeconds: 1 });
      case 'unfinished':
        throw new Refusal('unavailable', { detail: 'the checkout goes on; ask again with the same key', retryAfterSeconds: 1 });
    }
  }
}

function commandFrom(request: orderV1.CheckoutRequest, caller: Caller): CheckoutCommand {
  const { id, kind } = principalOf(caller);
  if (parsePublicId('cart', request.cartId) === undefined) throw notFound();
  const fields = readCheckout(request);
  return {
    ...fields,
    cartId: request.cartId as CartId,
    principal: { id: id as CustomerId, kind },
    respondAsync: request.respondAsync,
    requestId: caller.requestId,
  };
}

/** Path and body; `Prefer` is neither. */
function requestHashOf(request: orderV1.CheckoutRequest): Uint8Array {
  return hashOf('order.Checkout', orderV1.CheckoutRequest.encode({ ...request, respondAsync: false }).finish());
}

function replay(answer: Answer, requestId: string, caller: Caller): orderV1.Order {
  if (answer.kind === 'problem') throw refusalOf(JSON.parse(answer.json) as Problem, { requestId });
  caller.markReplayed();
  return JSON.parse(answer.json) as orderV1.Order;
}

function refusalOf({ code, ...details }: Problem, replayOf?: { requestId: string }): Refusal {
  return new Refusal(code, details, replayOf);
}
