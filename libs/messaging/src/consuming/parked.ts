import type { Database } from '@tandem/kernel';
import type { Parking, Setting } from '../parking/parking.js';
import { inOneLine } from './classify.js';
import type { Delivery, Middleware, Outcome, Setback, Step } from './delivery.js';
import { nextRound } from './ladder.js';
import { jittered } from './policy.js';

/** Sets aside what cannot be settled now or ever; the log goes on with the next record. */
export function parked(database: Database, parking: Parking): Middleware<Outcome | Setback, Outcome> {
  const park = (delivery: Delivery, setting: Setting): Promise<Outcome> =>
    database.transaction((tx) => parking.park(tx, delivery, setting));
  return (next: Step<Outcome | Setback>) => async (delivery) => {
    const { decoded } = delivery;
    if (decoded.kind === 'invalid') return park(delivery, dead('invalid', decoded.because));
    const outcome = await next(delivery);
    if (outcome.kind === 'poison') return park(delivery, dead('poison', outcome.because));
    return outcome.kind === 'failed' ? park(delivery, settingOf(delivery, outcome)) : outcome;
  };
}

function dead(reasonClass: 'invalid' | 'poison', reason: string): Setting {
  return {
    class: reasonClass,
    reason,
    status: 'dead',
    afterMs: 0,
    tries: [{ at: new Date().toISOString(), error: reason.slice(0, 500) }],
    rounds: 0,
  };
}

/** A first failure is `rounds` 0; every scheduled retry that fails adds one, and after the policy's end it is dead. */
function settingOf({ policy, retry }: Delivery, { error, tries }: Extract<Setback, { kind: 'failed' }>): Setting {
  const rounds = retry ? retry.rounds + 1 : 0;
  const round = nextRound(policy, rounds);
  const afterMs = round.kind === 'open' ? jittered(round.afterMs, Math.random()) : 0;
  return { class: 'transient', reason: inOneLine(error), status: round.kind, afterMs, tries, rounds };
}
