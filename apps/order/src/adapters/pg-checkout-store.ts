import type { Outbox } from '@tandem/messaging';
import { OrderCancelledV1, OrderConfirmedV1 } from '@tandem/contracts';
import { toPublicId, uuidOf } from '@tandem/host';
import { type Database, type Now, sessionOf, type Tx } from '@tandem/kernel';
import type { Answer, CheckoutStore, Claim, ClaimRequest, Claiming, Leaving, Placing, Undoing } from '../domain/checkout.js';
import type { Order } from '../domain/order.js';
import { statesBefore } from '../domain/order-states.js';
import * as statements from './checkout-statements.js';
import { commandJson } from './checkout-command.js';
import { cancelledEvent, confirmedEvent } from './order-events.js';
import { linesJson, orderFrom, type OrderRow } from './order-rows.js';
import { owe } from './pg-owed-store.js';

export type CheckoutStoreParts = {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly now: Now;
  /** Owner of the claims made here, and how long it may be silent. */
  readonly instanceId: string;
  readonly leaseMs: number;
  /** Called after the commit of a transaction that owes something. */
  readonly onOwed: () => void;
  /** Called after the commit of a transaction that made a waiting checkout due. */
  readonly onDue: () => void;
  /** Called with an order's UUID after the commit of new lines of its history. */
  readonly onHistory: (order: string) => void;
};

/** Claims in PostgreSQL. A checkout that ends well takes three write transactions: claim, place, confirm. */
export function pgCheckoutStore(parts: CheckoutStoreParts): CheckoutStore {
  const { database, now, onHistory } = parts;
  return {
    claim: (request) => claim(parts, request),
    find: async (orderId) => {
      const [row] = await database.query<OrderRow>(statements.findOrder, [uuidOf('order', orderId)]);
      return row && orderFrom(row);
    },
    place: async (claimed, order, answer) => {
      const placing = await place(database, claimed, order, answer);
      if (placing.kind === 'placed') onHistory(uuidOf('order', claimed.orderId));
      return placing;
    },
    confirm: (claimed, order, ended) => database.transaction((tx) => confirm(parts, tx, { claimed, order, ...ended })),
    hold: (claimed, order, { answer, timeline, againMs }) =>
      database.transaction(
        async (tx) =>
          (await settle(tx, claimed, order, { onHistory, answer, timeline, isFinished: false, againMs, at: now(), data: {} })) !==
          undefined,
      ),
    owesBackOf: async (ownerId) => (await database.query(statements.owesBack, [uuidOf('customer', ownerId)])).length > 0,
    giveUp: async ({ orderId, epoch }, ending) =>
      (await database.query(statements.giveUp, [uuidOf('order', orderId), epoch, ending])).length > 0,
    cancel: (claimed, order, ended) => database.transaction((tx) => cancel(parts, tx, { claimed, order, ...ended })),
    release: async ({ orderId, epoch }, answer) => {
      const values = [uuidOf('order', orderId), epoch];
      const ended = answer
        ? await database.query(statements.answerWithoutOrder, [...values, answer.kind, answer.json])
        : await database.query(statements.free, values);
      return ended.length > 0;
    },
    wake: async (tx, orderId) => {
      const woken = await sessionOf(tx).query(statements.wake, [uuidOf('order', orderId)]);
      if (woken.length > 0) sessionOf(tx).afterCommit(parts.onDue);
      return woken.length > 0;
    },
    defer: async ({ orderId, epoch }, because, againMs) =>
      void (await database.query(statements.defer, [uuidOf('order', orderId), epoch, againMs, because.slice(0, 500)])),
  };
}

type KeyRow = {
  readonly request_hash: Buffer | null;
  readonly request_id: string;
  readonly answer_kind: Answer['kind'] | null;
  readonly answer: string | null;
};

async function claim(
  { database, instanceId, leaseMs }: CheckoutStoreParts,
  { key, requestHash, orderId, command, hasRoom }: ClaimRequest,
): Promise<Claiming> {
  const principal = command.principal.id;
  const [claimed] = await database.query<{ epoch: number }>(statements.claim, [
    principal,
    key,
    requestHash,
    command.requestId,
    uuidOf('order', orderId),
    commandJson(command),
    instanceId,
    leaseMs,
    hasRoom,
  ]);
  if (claimed) return { kind: 'claimed', claim: { orderId, epoch: claimed.epoch, isAnswered: false, ageMs: 0, ending: null, command } };
  const [row] = await database.query<KeyRow>(statements.findKey, [principal, key]);
  if (!row && !hasRoom) return { kind: 'overloaded' };
  if (!row) return { kind: 'in-flight' }; // freed this very moment: the caller tries again
  if (!row.request_hash?.equals(requestHash)) return { kind: 'reused' };
  if (row.answer_kind === null || row.answer === null) return { kind: 'in-flight' };
  return { kind: 'answered', answer: { kind: row.answer_kind, json: row.answer }, requestId: row.request_id };
}

async function place(database: Database, { orderId, epoch }: Claim, order: Order, answer: Answer | null): Promise<Placing> {
  const values = [
    uuidOf('order', orderId),
    epoch,
    answer?.kind ?? null,
    answer?.json ?? null,
    order.number,
    uuidOf('customer', order.ownerId),
    order.customerId && uuidOf('customer', order.customerId),
    uuidOf('cart', order.cartId),
    order.isPromised,
    order.email,
    order.locale,
    order.currency,
    order.subtotal.minor,
    order.shipping.minor,
    order.tax.minor,
    order.discount.minor,
    order.total.minor,
    linesJson(order.lines),
    JSON.stringify(order.shippingAddress),
    JSON.stringify(order.shippingOption),
    order.createdAt,
    JSON.stringify({ number: order.number }),
    order.points.redeemed,
    order.promotionCode,
  ];
  try {
    const placed = await database.query(statements.place, values);
    return placed.length > 0 ? { kind: 'placed' } : { kind: 'lost' };
  } catch (error) {
    switch (constraintOf(error)) {
      case 'orders_number_key':
        return { kind: 'number-taken' };
      case 'orders_live_cart_key':
        return holderOf(database, order);
      default:
        throw error;
    }
  }
}

/** The order that was there first; one that has just been cancelled counts as still running, and the caller tries again. */
async function holderOf(database: Database, order: Order): Promise<Placing> {
  const [holder] = await database.query<{ id: string; is_confirmed: boolean }>(statements.cartHolder, [uuidOf('cart', order.cartId)]);
  return { kind: 'cart-taken', orderId: holder ? toPublicId('order', holder.id) : order.id, isConfirmed: holder?.is_confirmed ?? false };
}

/** The unique constraint a statement would have broken. Source: PostgreSQL error 23505. */
function constraintOf(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === '23505' && typeof constraint === 'string' ? constraint : undefined;
}

type Settling = {
  readonly onHistory: CheckoutStoreParts['onHistory'];
  readonly answer: Answer | null;
  readonly timeline: readonly unknown[];
  readonly isFinished: boolean;
  readonly againMs: number;
  readonly at: Date;
  readonly data: object;
};

/** An order that was written. `tier`: its customer's, null when there is no customer or loyalty has told none. */
type Settled = { readonly tier: string | null };

async function settle(
  tx: Tx,
  { orderId, epoch }: Claim,
  order: Order,
  { onHistory, answer, timeline, isFinished, againMs, at, data }: Settling,
): Promise<Settled | undefined> {
  const [settled] = await sessionOf(tx).query<Settled>(statements.settle, [
    uuidOf('order', orderId),
    epoch,
    statesBefore(order.status),
    answer?.kind ?? null,
    answer?.json ?? null,
    isFinished,
    againMs,
    order.status,
    order.isPromised,
    order.payment && uuidOf('payment', order.payment.id),
    order.payment?.status ?? null,
    order.nextAction && JSON.stringify(order.nextAction),
    order.cancelReason,
    order.confirmedAt,
    JSON.stringify(timeline),
    `order.${order.status}`,
    at,
    JSON.stringify(data),
  ]);
  if (settled) sessionOf(tx).afterCommit(() => onHistory(uuidOf('order', orderId)));
  return settled;
}

type Ended = { readonly claimed: Claim; readonly order: Order };

async function confirm(
  { outbox, now, onHistory }: CheckoutStoreParts,
  tx: Tx,
  { claimed, order, answer, timeline }: Ended & Leaving,
): Promise<boolean> {
  const at = order.confirmedAt ?? now();
  const data = { paymentId: order.payment?.id };
  const settled = await settle(tx, claimed, order, { onHistory, answer, timeline, isFinished: true, againMs: 0, at, data });
  if (!settled) return false;
  if (order.lines.some(({ parts }) => parts))
    await sessionOf(tx).query(statements.locate, [uuidOf('order', order.id), linesJson(order.lines)]);
  await outbox.enqueue(tx, OrderConfirmedV1, confirmedEvent(order, settled.tier));
  return true;
}

async function cancel(
  { outbox, now, onHistory, onOwed }: CheckoutStoreParts,
  tx: Tx,
  { claimed, order, answer, timeline, owed }: Ended & Undoing,
): Promise<boolean> {
  const at = now();
  const data = { reason: order.cancelReason };
  if (!(await settle(tx, claimed, order, { onHistory, answer, timeline, isFinished: true, againMs: 0, at, data }))) return false;
  const refund = owed.find((each) => each.kind === 'refund') ?? null;
  if (order.isPromised) await outbox.enqueue(tx, OrderCancelledV1, cancelledEvent(order, { refund, at }));
  for (const each of owed) await owe(sessionOf(tx), each, 0);
  if (owed.length > 0) sessionOf(tx).afterCommit(onOwed);
  return true;
}

/** True when a key was used for a checkout. */
export function pgCheckoutKeys(database: Database): (principal: string, key: string) => Promise<boolean> {
  return async (principal, key) => (await database.query(statements.isCheckoutKey, [principal, key])).length > 0;
}
