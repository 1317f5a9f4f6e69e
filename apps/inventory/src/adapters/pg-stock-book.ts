import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import type { StockBook } from '../domain/ports.js';
import { mostOnHand, type StockLevel } from '../domain/stock.js';

type Row = { readonly variant_id: string; readonly on_hand: number; readonly reserved: number };

const levels: Statement = { name: 'inventory_levels', text: 'SELECT variant_id, on_hand, reserved FROM stock WHERE variant_id = ANY($1::uuid[])' };

/** Sorted, so that two that introduce the same variants do not wait for each other in a circle. */
const introduce: Statement = {
  name: 'inventory_introduce',
  text: `WITH fresh AS (
      INSERT INTO stock (variant_id, on_hand) SELECT variant_id, quantity FROM unnest($1::uuid[], $2::int[]) AS n(variant_id, quantity) ORDER BY 1
      ON CONFLICT (variant_id) DO NOTHING RETURNING variant_id, on_hand)
    INSERT INTO movement (variant_id, cause_id, kind, quantity) SELECT variant_id, variant_id, 'introduced', on_hand FROM fresh`,
};

const adjust: Statement = {
  name: 'inventory_adjust',
  text: `WITH changed AS (
      UPDATE stock SET on_hand = on_hand + $2 WHERE variant_id = $1 AND on_hand + $2 BETWEEN reserved AND ${mostOnHand} RETURNING variant_id, on_hand, reserved),
    noted AS (INSERT INTO movement (variant_id, cause_id, kind, quantity, reason) SELECT variant_id, $4, 'adjusted', $2, $3 FROM changed)
    SELECT variant_id, on_hand, reserved FROM changed`,
};

/** Stock and its ledger in PostgreSQL; the ledger row is written by the statement that changes the stock. */
export function pgStockBook(database: Database): StockBook {
  return {
    levels: async (variantIds) => (await database.query<Row>(levels, [variantIds])).map(toLevel),
    async introduce(stock) {
      await database.query(introduce, [stock.map(({ variantId }) => variantId), stock.map(({ quantity }) => quantity)]);
    },
    async adjust(tx, { variantId, quantity, reason, causeId }) {
      const [row] = await sessionOf(tx).query<Row>(adjust, [variantId, quantity, reason, causeId]);
      return row && toLevel(row);
    },
    async levelOf(tx, variantId) {
      const [row] = await sessionOf(tx).query<Row>(levels, [[variantId]]);
      return row && toLevel(row);
    },
  };
}

function toLevel({ variant_id, on_hand, reserved }: Row): StockLevel {
  return { variantId: variant_id, onHand: on_hand, reserved };
}
