import { type Database, sessionOf, type Tx } from '@tandem/kernel';
import type { Holding, Reservations, Wish } from '../domain/ports.js';
import type { ReservationState } from '../domain/reservation.js';
import type { StockChange } from '../domain/stock.js';
import * as statements from './reservation-statements.js';

type ChangeRow = { readonly variant_id: string; readonly on_hand: number; readonly available: number; readonly rise: number };
type HoldingRow = { readonly short: readonly { readonly variant_id: string; readonly available: number }[]; readonly changes: readonly ChangeRow[] };
type ChangesRow = { readonly changes: readonly ChangeRow[] };
type StateRow = { readonly status: ReservationState };

/** Reservations in PostgreSQL: every method is one statement, but for a shortage's second. */
export function pgReservations(database: Database): Reservations {
  return {
    async holdOrdinarily(wish) {
      const [row] = await database.query<{ held: boolean }>(statements.holdOrdinarily, valuesOf(wish));
      return row?.held ?? false;
    },
    async hold(tx, wish) {
      const { orderId } = wish;
      const row = await only<HoldingRow & { claimed: boolean }>(tx, statements.hold, valuesOf(wish));
      if (!row.claimed) return { kind: 'known' };
      if (row.short.length > 0) await sessionOf(tx).query(statements.forget, [orderId]);
      return toHolding(row);
    },
    async stateOf(tx, orderId) {
      const [row] = await sessionOf(tx).query<StateRow>(statements.stateOf, [orderId]);
      return row?.status;
    },
    stateOrReleased: async (tx, orderId) => (await only<StateRow>(tx, statements.stateOrReleased, [orderId])).status,
    holdAgain: async (tx, orderId, ttlSeconds) => toHolding(await only<HoldingRow>(tx, statements.holdAgain, [orderId, ttlSeconds])),
    async renew(tx, orderId, ttlSeconds) {
      await sessionOf(tx).query(statements.renew, [orderId, ttlSeconds]);
    },
    async take(orderId, tx) {
      const [row] = await (tx ? sessionOf(tx) : database).query<{ taken: boolean }>(statements.take, [orderId]);
      return row?.taken ?? false;
    },
    free: async (tx, orderId) => toChanges(await only<ChangesRow>(tx, statements.free, [orderId])),
    async close(tx, orderId) {
      await sessionOf(tx).query(statements.close, [orderId]);
    },
    async putBack(tx, { orderId, causeId, lines }) {
      const columns = [lines?.map(({ lineId }) => lineId) ?? null, lines?.map(({ quantity }) => quantity) ?? null];
      return toChanges(await only<ChangesRow>(tx, statements.putBack, [orderId, causeId, ...columns]));
    },
    async expireDue(tx, limit) {
      const row = await only<ChangesRow & { expired: number }>(tx, statements.expireDue, [limit]);
      return { expired: row.expired, changes: toChanges(row) };
    },
    async nextDueMs() {
      const [row] = await database.query<{ due_ms: number | null }>(statements.nextDue);
      return row?.due_ms ?? undefined;
    },
  };
}

function valuesOf({ orderId, lines, ttlSeconds }: Wish): readonly unknown[] {
  return [orderId, ttlSeconds, lines.map(({ lineId }) => lineId), lines.map(({ variantId }) => variantId), lines.map(({ quantity }) => quantity)];
}

/** The row of a statement that always answers one. */
async function only<Row>(tx: Tx, statement: { readonly name: string; readonly text: string }, values: readonly unknown[]): Promise<Row> {
  const [row] = await sessionOf(tx).query<Row>(statement, values);
  if (!row) throw new Error(`${statement.name} answered no row`);
  return row;
}

function toHolding({ short, changes }: HoldingRow): Holding {
  if (short.length > 0) return { kind: 'short', short: short.map(({ variant_id, available }) => ({ variantId: variant_id, available })) };
  return { kind: 'held', changes: toChanges({ changes }) };
}

function toChanges({ changes }: ChangesRow): readonly StockChange[] {
  return changes.map(({ variant_id, on_hand, available, rise }) => ({ variantId: variant_id, onHand: on_hand, available, rise }));
}
