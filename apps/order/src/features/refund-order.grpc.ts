import { createHash } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { type commonV1, orderV1 } from '@tandem/contracts';
import {
  type Caller,
  hashOf,
  invalidField,
  keyMissing,
  keyReused,
  notFound,
  once,
  parsePublicId,
  principalOf,
  Refusal,
  Rpc,
  type Scope,
  scopeOf,
  toPublicId,
} from '@tandem/host';
import { type Database, isCurrency, type Money, money, type OrderId, type RefundId } from '@tandem/kernel';
import type { OrderRefund, RefundWish } from '../domain/refund.js';
import { toRefundReply } from './order-reply.js';
import { type BankWord, RefundOrder } from './refund-order.js';

/** Where the keys of refunds are kept. */
export class RefundKeys {
  constructor(
    readonly database: Database,
    readonly isCheckoutKey: (principal: string, key: string) => Promise<boolean>,
  ) {}
}

type Asked = { readonly refund: OrderRefund; readonly word: BankWord };

/** Gives money of an order back for staff, once per key. */
@Controller()
export class RefundOrderGrpc {
  constructor(
    private readonly refundOrder: RefundOrder,
    private readonly keys: RefundKeys,
  ) {}

  @Rpc('OrderService', 'refundOrder', ['staff'])
  async handle(request: orderV1.RefundOrderRequest, caller: Caller): Promise<orderV1.OrderRefund> {
    if (parsePublicId('order', request.orderId) === undefined) throw notFound();
    const asked = {
      orderId: request.orderId as OrderId,
      wish: wishOf(request),
      reason: reasonOf(request),
      requestedBy: principalOf(caller).id,
    };
    const scope = scopeOf(caller, hashOf('order.RefundOrder', orderV1.RefundOrderRequest.encode(request).finish()));
    if (!scope) throw keyMissing();
    if (await this.keys.isCheckoutKey(scope.principal, scope.key)) throw keyReused();
    return once(this.keys.database, caller, scope, {
      prepare: () => this.ask({ ...asked, refundId: refundIdOf(scope), requestHash: scope.requestHash }, caller),
      run: async (tx, { refund, word }: Asked) => {
        await (word.kind === 'succeeded' ? this.refundOrder.settle(tx, refund.orderId, refund) : this.refundOrder.leave(tx, refund.id));
        const status = await this.refundOrder.statusOf(tx, refund.orderId, refund.id);
        if (status !== 'succeeded' && status !== 'pending') throw new Refusal('refund-refused', { detail: 'an operator decides about it' });
        return toRefundReply({ ...refund, status });
      },
    });
  }

  private async ask(command: Parameters<RefundOrder['open']>[0], cause: Caller): Promise<Asked> {
    const opening = await this.refundOrder.open(command);
    switch (opening.kind) {
      case 'opened': {
        const { refund } = opening;
        const word: BankWord = refund.status === 'succeeded' ? { kind: 'succeeded' } : await this.refundOrder.ask(refund, cause);
        if (word.kind !== 'refused') return { refund, word };
        await this.refundOrder.giveUp(refund, word.because, command.requestHash);
        throw new Refusal('refund-refused', { detail: word.because });
      }
      case 'not-found':
        throw notFound();
      case 'reused':
        throw keyReused();
      case 'given-up':
        throw new Refusal('refund-refused', { detail: 'this refund was refused before; an operator decides about it' });
      case 'invalid':
        throw invalidField(opening.pointer, 'invalid', opening.message);
      case 'refused':
        throw new Refusal(opening.because, {
          detail: opening.detail,
          extensions: { left: { amount: Number(opening.left.minor), currency: opening.left.currency } },
        });
    }
  }
}

/** A key has one refund, whatever is asked under it, also when we died before its answer was stored. */
function refundIdOf({ principal, key }: Scope): RefundId {
  const bytes = createHash('sha256').update(`${principal}\n${key}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6); // version 8, RFC 9562: a hash of our own
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return toPublicId('refund', bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));
}

function wishOf({ lines, amount }: orderV1.RefundOrderRequest): RefundWish {
  for (const [index, { quantity }] of lines.entries()) {
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > 999)
      throw invalidField(`/lines/${index}/quantity`, 'out-of-range', '1 to 999');
  }
  return { lines, amount: amount ? moneyFrom(amount) : null };
}

function moneyFrom({ amount, currency }: commonV1.Money): Money {
  if (!/^[1-9]\d{0,14}$/.test(amount)) throw invalidField('/amount/amount', 'invalid', 'more than nothing, in minor units');
  if (!isCurrency(currency)) throw invalidField('/amount/currency', 'invalid', 'a currency of the shop');
  return money(BigInt(amount), currency);
}

function reasonOf({ reason }: orderV1.RefundOrderRequest): string {
  if (reason.length === 0 || reason.length > 500 || reason.includes('\0'))
    throw invalidField('/reason', 'invalid', '1 to 500 characters, no U+0000');
  return reason;
}
