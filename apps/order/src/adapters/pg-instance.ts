import { toPublicId, uuidOf } from '@tandem/host';
import type { Database, OrderId } from '@tandem/kernel';
import type { Claim } from '../domain/checkout.js';
import type { Instances } from '../domain/instances.js';
import { commandFrom } from './checkout-command.js';
import * as statements from './checkout-statements.js';

type TakenRow = {
  readonly order_id: string;
  readonly epoch: number;
  readonly is_answered: boolean;
  readonly age_ms: string;
  readonly ending: string | null;
  readonly request: unknown;
};

/** Keys forgotten by one statement: short enough to be in nobody's way. */
const pruneAtOnce = 1_000;

/**
 * This process among the instances of the service, in PostgreSQL. Leases and ages are by the database's clock. `pulse` beats on a connection of
 * its own when that is another database: a pool that is busy with requests must not look like death.
 */
export function pgInstances(
  database: Database,
  self: { readonly id: string; readonly name: string },
  pulse: Database = database,
): Instances {
  return {
    succeed: async () => void (await database.query(statements.succeed, [self.id, self.name])),
    beat: async (inHand, { leaseMs, most }) => {
      const taken = await pulse.query<TakenRow>(statements.beat, [
        self.id,
        self.name,
        inHand.map((id: OrderId) => uuidOf('order', id)),
        leaseMs,
        most,
      ]);
      return taken.map((row): Claim => ({
        orderId: toPublicId('order', row.order_id),
        epoch: row.epoch,
        isAnswered: row.is_answered,
        ageMs: Number(row.age_ms),
        ending: row.ending,
        command: commandFrom(row.request),
      }));
    },
    resign: async () => void (await database.query(statements.resign, [self.id])),
    open: async () => {
      const [row] = await database.query<{ open: number; oldest_seconds: number; refused_refunds: number }>(statements.openCheckouts);
      return { open: row?.open ?? 0, oldestSeconds: row?.oldest_seconds ?? 0, refusedRefunds: row?.refused_refunds ?? 0 };
    },
    prune: async (olderThanHours) => {
      let pruned: number;
      do pruned = (await database.query(statements.pruneKeys, [olderThanHours, pruneAtOnce])).length;
      while (pruned === pruneAtOnce);
    },
  };
}
