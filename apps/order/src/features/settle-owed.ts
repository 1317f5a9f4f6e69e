import type { Logger } from 'pino';
import type { Owed } from '../domain/checkout.js';
import type { OwedStore } from '../domain/order-store.js';

/** How each kind of debt is paid. Idempotent, and throws when it has to be tried again. */
export type Settlements = { readonly [K in Owed['kind']]: (owed: Extract<Owed, { kind: K }>) => Promise<void> };

const most = 20;
/** The longest a debt that could not be paid is left alone, milliseconds. */
const longestPauseMs = 30_000;

/** Pays what is owed to other services: stock to release, money to give back, cancellations to end. Woken by the commit that owes. */
export class SettleOwed {
  constructor(
    private readonly store: OwedStore,
    private readonly settlements: Settlements,
    private readonly logger: Logger,
  ) {}

  /** Pays what is due now; a full hand means that there is more. */
  async turn(): Promise<number | undefined> {
    const due = await this.store.takeDue(most);
    await Promise.all(due.map((owed) => this.settle(owed)));
    return due.length === most ? 0 : undefined;
  }

  private async settle(owed: Owed & { readonly attempts: number }): Promise<void> {
    try {
      await this.pay(owed);
      await this.store.settle(owed);
    } catch (error) {
      const pauseMs = Math.min(500 * 2 ** Math.min(owed.attempts, 10), longestPauseMs);
      this.logger.warn({ err: error, owed: owed.kind, orderId: owed.orderId, attempts: owed.attempts }, 'a debt could not be paid yet');
      await this.store.postpone(owed, error instanceof Error ? error.message : String(error), pauseMs);
    }
  }

  private pay(owed: Owed): Promise<void> {
    switch (owed.kind) {
      case 'release':
        return this.settlements.release(owed);
      case 'refund':
        return this.settlements.refund(owed);
      case 'cancel':
        return this.settlements.cancel(owed);
    }
  }
}
