import type { Logger } from 'pino';
import type { Owed } from '../domain/checkout.js';
import type { OwedStore } from '../domain/order-store.js';

/** `in-hand`: whoever pays has taken it and will say; asked again, ever less often. */
export type Settled = 'ended' | 'in-hand';
type OwedOf<K extends Owed['kind']> = Extract<Owed, { kind: K }>;

/** How each kind of debt is paid. Idempotent, and throws when it has to be tried again. */
export type Settlements = {
  readonly release: (owed: OwedOf<'release'>) => Promise<void>;
  readonly cancel: (owed: OwedOf<'cancel'>) => Promise<void>;
  readonly refund: (owed: OwedOf<'refund'>) => Promise<Settled>;
};

const most = 20;
/** The longest a debt that could not be paid is left alone, milliseconds. */
const longestPauseMs = 30_000;
/** The same of one in hand: a bank takes days. */
const longestInHandMs = 600_000;

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
      const settled = await this.pay(owed);
      if (settled === 'ended') await this.store.settle(owed);
      else await this.store.postpone(owed, 'the bank has it in hand', pauseOf(owed, longestInHandMs));
    } catch (error) {
      this.logger.warn({ err: error, owed: owed.kind, orderId: owed.orderId, attempts: owed.attempts }, 'a debt could not be paid yet');
      await this.store.postpone(owed, error instanceof Error ? error.message : String(error), pauseOf(owed, longestPauseMs));
    }
  }

  private async pay(owed: Owed): Promise<Settled> {
    switch (owed.kind) {
      case 'release':
        await this.settlements.release(owed);
        return 'ended';
      case 'refund':
        return this.settlements.refund(owed);
      case 'cancel':
        await this.settlements.cancel(owed);
        return 'ended';
    }
  }
}

/** Twice as long each time. */
function pauseOf({ attempts }: { readonly attempts: number }, longestMs: number): number {
  return Math.min(500 * 2 ** Math.min(attempts, 20), longestMs);
}
