import { randomBytes } from 'node:crypto';
import { createLogger, newId, newUuid, PeerUnavailable } from '@tandem/host';
import type { CartId, PaymentId } from '@tandem/kernel';
import { pgCheckoutStore } from './adapters/pg-checkout-store.js';
import { pgInstances } from './adapters/pg-instance.js';
import type { CheckoutCommand } from './domain/checkout.js';
import { orderNumberFrom } from './domain/order-number.js';
import { aCommand, aQuote } from './domain/testing/orders.js';
import { Checkout, type CheckoutReply } from './features/checkout.js';
import { CheckoutSaga } from './features/checkout-saga.js';
import type { CheckoutSteps, Paying, Pricing, Reserving, Taking } from './features/checkout-steps.js';
import type { Redeeming } from './features/redeem-steps.js';
import { DriveCheckouts } from './features/drive-checkouts.js';
import type { SpecDatabase } from './spec-database.js';

/** What each step answers, call by call; the last entry stays. An `Error` is thrown. */
export type Script = {
  readonly price?: readonly (Pricing | Error)[];
  readonly reserve?: readonly (Reserving | Error)[];
  readonly redeem?: readonly (Redeeming | Error)[];
  readonly pay?: readonly (Paying | Error)[];
  readonly take?: readonly (Taking | Error)[];
  readonly undoReserve?: readonly ('undone' | Error)[];
  readonly undoRedeem?: readonly ('undone' | Error)[];
  readonly undoPay?: readonly (Paying | Error)[];
  /** Runs before a step answers, e.g. to let the process seem dead there. */
  readonly before?: (step: string) => Promise<void>;
};

export const paymentId = 'pay_01h455vb4pex5vsknk084sn02q' as PaymentId;
export const away = new PeerUnavailable('inventory', 14);

/** Steps given as plain answers, and the calls that were made of them. */
export function scriptedSteps(script: Script): { readonly steps: CheckoutSteps; readonly calls: string[] } {
  const calls: string[] = [];
  const answers = <T>(name: string, given: readonly (T | Error)[] | undefined, usual: T) => {
    const left = [...(given ?? [usual])];
    return async (): Promise<T> => {
      calls.push(name);
      await script.before?.(name);
      const next = (left.length > 1 ? left.shift() : left[0]) as T | Error;
      if (next instanceof Error) throw next;
      return next;
    };
  };
  const price = answers<Pricing | null>('price', script.price, null);
  const undoReserve = answers<'undone'>('undo reserve', script.undoReserve, 'undone');
  const undoRedeem = answers<'undone'>('undo redeem', script.undoRedeem, 'undone');
  const steps: CheckoutSteps = {
    price: { do: async (command) => (await price()) ?? { kind: 'priced', quote: aQuote({ cartId: command.cartId }) } },
    reserve: { do: answers<Reserving>('reserve', script.reserve, { kind: 'reserved' }), undo: async () => void (await undoReserve()) },
    redeem: { do: answers<Redeeming>('redeem', script.redeem, { kind: 'redeemed' }), undo: async () => void (await undoRedeem()) },
    pay: {
      do: answers<Paying>('pay', script.pay, { kind: 'captured', paymentId }),
      undo: answers<Paying>('undo pay', script.undoPay, { kind: 'voided', paymentId }),
    },
    take: { do: answers<Taking>('take', script.take, { kind: 'taken', parts: [] }) },
    refund: { do: () => Promise.resolve('given' as const) },
  };
  return { steps, calls };
}

/** One replica of the service on the suite's database. */
export function aReplica(
  spec: Pick<SpecDatabase, 'database' | 'outbox'>,
  script: Script = {},
  { name = newUuid(), newNumber = () => orderNumberFrom(randomBytes(8)), inFlight = 256 } = {},
) {
  const { database, outbox } = spec;
  const now = (): Date => new Date();
  const id = newUuid();
  const { steps, calls } = scriptedSteps(script);
  const store = pgCheckoutStore({
    database,
    outbox,
    now,
    instanceId: id,
    leaseMs: 2_000,
    onOwed: () => undefined,
    onDue: () => undefined,
    onHistory: () => undefined,
  });
  const saga = new CheckoutSaga(steps, store, { now, instance: name, newNumber, newRefundId: () => newId('refund') });
  const drive = new DriveCheckouts(saga, store, { logger: createLogger('order-spec', 'silent'), count: () => undefined });
  const checkout = new Checkout(store, drive, { inFlight, newOrderId: () => newId('order'), onAsked: () => undefined });
  return { id, calls, store, saga, drive, checkout, instances: pgInstances(database, { id, name }) };
}

export type Replica = ReturnType<typeof aReplica>;

let keys = 0;

/** Checks a cart of its own out, unless one is given. */
export async function checkOut(
  replica: Replica,
  change: { command?: Partial<CheckoutCommand>; key?: string; hash?: string } = {},
): Promise<CheckoutReply> {
  const command = aCommand({ cartId: newId('cart') as CartId, ...change.command });
  keys += 1;
  return replica.checkout.run({ key: change.key ?? `key-${keys}`, requestHash: Buffer.from(change.hash ?? 'hash'), command });
}
