import type { Now } from '@tandem/kernel';
import { answerChallenge, type Charge, voidCharge, type Voiding } from '../domain/charge.js';
import { instrumentOf } from '../domain/instruments.js';
import type { ChargeBook, NotFound } from '../domain/ports.js';

/** Ends what became of a charge after it was asked for: its challenge, or the charge itself. */
export class SettleCharge {
  constructor(
    private readonly book: ChargeBook,
    private readonly now: Now,
  ) {}

  /** The charge a challenge belongs to; a charge that never had one is not found. */
  async challenge(chargeId: string): Promise<Charge | undefined> {
    const found = await this.book.find(chargeId);
    return found && hasChallenge(found) ? found : undefined;
  }

  /** The first outcome counts; a later one answers the charge as it is. */
  async answer(chargeId: string, outcome: 'approve' | 'fail'): Promise<Charge | NotFound> {
    if (!(await this.challenge(chargeId))) return { kind: 'not-found' };
    const decided = await this.book.change(chargeId, (charge) => answerChallenge(charge, outcome, this.now()));
    return decided.kind === 'not-found' ? decided : decided.charge;
  }

  void(chargeId: string): Promise<Voiding | NotFound> {
    return this.book.change(chargeId, voidCharge);
  }

  /** Also for a key under which nothing has been charged: nothing ever will be. */
  voidKey(idempotencyKey: string): Promise<Voiding> {
    return this.book.changeKey(idempotencyKey, voidCharge);
  }
}

function hasChallenge(charge: Charge): boolean {
  return instrumentOf(charge.paymentMethod)?.result?.status === 'requires-action';
}
