import type { OrderId } from '@tandem/kernel';
import type { Logger } from 'pino';
import type { CheckoutStore, Claim } from '../domain/checkout.js';
import type { CheckoutOutcome, CheckoutSaga, Placed } from './checkout-saga.js';

type Waiting = Extract<CheckoutOutcome, { kind: 'waiting' }>;

/** Told of every run that ended. */
export type CountRun = (outcome: CheckoutOutcome['kind']) => void;

/** The longest a checkout that could not go on is left alone, milliseconds. */
const longestPauseMs = 5_000;

/** Runs claims of this process and knows which are running. What could not go on is left to whoever comes first after a pause. */
export class DriveCheckouts {
  private readonly inHand = new Map<OrderId, Promise<unknown>>();

  constructor(
    private readonly saga: CheckoutSaga,
    private readonly store: CheckoutStore,
    private readonly told: { readonly logger: Logger; readonly count: CountRun },
  ) {}

  /** The orders in hand: their claims are alive though nothing is written of them meanwhile. */
  running(): readonly OrderId[] {
    return [...this.inHand.keys()];
  }

  /** Counts the order as in hand while `work` runs. */
  async holding<T>(orderId: OrderId, work: () => Promise<T>): Promise<T> {
    const before = this.inHand.get(orderId);
    const working = work();
    const settled = Promise.allSettled([before, working]);
    this.inHand.set(orderId, settled);
    try {
      return await working;
    } finally {
      void settled.then(() => this.inHand.get(orderId) === settled && this.inHand.delete(orderId));
    }
  }

  /** Runs a claim as far as it goes. Never rejects: a run that failed is `waiting`. */
  async run(claim: Claim): Promise<CheckoutOutcome> {
    return this.holding(claim.orderId, () => this.guarded(claim, () => this.saga.run(claim)));
  }

  /** Runs the first part and answers; the rest goes on behind the answer. */
  async runBehind(claim: Claim): Promise<Placed | CheckoutOutcome> {
    return this.holding(claim.orderId, async () => {
      const begun = await this.guarded<Placed | CheckoutOutcome>(claim, () => this.saga.begin(claim));
      if (begun.kind === 'placed') void this.holding(claim.orderId, () => this.guarded(claim, () => this.saga.finish(begun)));
      return begun;
    });
  }

  /** Resolves when nothing is in hand. */
  async idle(): Promise<void> {
    while (this.inHand.size > 0) await Promise.allSettled(this.inHand.values());
  }

  private async guarded<O extends Placed | CheckoutOutcome>(claim: Claim, work: () => Promise<O>): Promise<O | Waiting> {
    const outcome = await work().catch((error: unknown) => {
      this.told.logger.warn({ err: error, ...namesOf(claim), epoch: claim.epoch }, 'a checkout did not get on');
      return { kind: 'waiting', because: error instanceof Error ? error.message : String(error) } satisfies Waiting;
    });
    if (outcome.kind !== 'placed') this.told.count(outcome.kind);
    if (this.told.logger.isLevelEnabled('debug'))
      this.told.logger.debug({ ...namesOf(claim), epoch: claim.epoch, outcome: outcome.kind }, 'a checkout was run');
    if (outcome.kind === 'waiting') await this.defer(claim, outcome);
    return outcome;
  }

  private async defer(claim: Claim, { because, againMs }: { readonly because: string; readonly againMs?: number }): Promise<void> {
    const pauseMs = Math.min(500 * 2 ** Math.min(claim.epoch - 1, 10), longestPauseMs);
    await this.store.defer(claim, because, againMs ?? pauseMs).catch((error: unknown) => {
      // The database is away too: the claim is still ours and not in hand, so the next look at the claims finds it.
      this.told.logger.warn({ err: error, ...namesOf(claim) }, 'a checkout could not be put off');
    });
  }
}

/** What a log line of a checkout is found by. */
function namesOf({ orderId, command }: Claim): { readonly orderId: OrderId; readonly requestId: string } {
  return { orderId, requestId: command.requestId };
}
