import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import { defaultLocation } from '../domain/allocation.js';
import type { FirstStock, StockBook } from '../domain/ports.js';
import { mostOnHand, type SeatState, type StockLevel } from '../domain/stock.js';

type Row = { readonly variant_id: string; readonly on_hand: number; readonly reserved: number; readonly seated: boolean };
type LocatedRow = Row & { readonly location_id: string; readonly name: string };
type SeatRow = { readonly variant_id: string; readonly label: string; readonly status: SeatState['status'] };

const together = 'variant_id, sum(on_hand)::int AS on_hand, sum(reserved)::int AS reserved, bool_or(seated) AS seated';

const levels: Statement = {
  name: 'inventory_levels',
  text: `SELECT ${together} FROM stock WHERE variant_id = ANY($1::uuid[]) GROUP BY variant_id`,
};

const levelsByLocation: Statement = {
  name: 'inventory_levels_by_location',
  text: `SELECT s.variant_id, s.on_hand, s.reserved, s.seated, s.location_id, l.name FROM stock s JOIN location l ON l.id = s.location_id
    WHERE s.variant_id = $1 ORDER BY l.id <> '${defaultLocation}', l.name`,
};

const levelAt: Statement = {
  name: 'inventory_level_at',
  text: 'SELECT variant_id, on_hand, reserved, seated FROM stock WHERE variant_id = $1 AND location_id = $2',
};

const seats: Statement = {
  name: 'inventory_seats',
  text: `SELECT s.variant_id, s.label, CASE WHEN s.order_id IS NULL THEN 'free' WHEN r.status = 'reserved' THEN 'held' ELSE 'sold' END AS status
    FROM seat s LEFT JOIN reservation r USING (order_id) WHERE s.variant_id = ANY($1::uuid[]) ORDER BY s.variant_id, s.position`,
};

/** Sorted, so that two that introduce the same variants do not wait for each other in a circle. Stock elsewhere and seats come with a new variant only. */
const introduce: Statement = {
  name: 'inventory_introduce',
  text: `WITH fresh AS (
      INSERT INTO stock (variant_id, on_hand, seated) SELECT variant_id, quantity, seated FROM unnest($1::uuid[], $2::int[], $3::bool[]) AS n(variant_id, quantity, seated) ORDER BY 1
      ON CONFLICT (variant_id) DO NOTHING RETURNING variant_id, on_hand, location_id),
    elsewhere AS (
      INSERT INTO stock_elsewhere (variant_id, location_id, on_hand)
      SELECT variant_id, e.location_id, e.quantity FROM fresh JOIN unnest($4::uuid[], $5::uuid[], $6::int[]) AS e(variant_id, location_id, quantity) USING (variant_id)
      RETURNING variant_id, on_hand, location_id),
    numbered AS (
      INSERT INTO seat (variant_id, label, position)
      SELECT variant_id, n.label, n.position FROM fresh JOIN unnest($7::uuid[], $8::text[], $9::int[]) AS n(variant_id, label, position) USING (variant_id))
    INSERT INTO movement (variant_id, location_id, cause_id, kind, quantity)
    SELECT variant_id, location_id, variant_id, 'introduced', on_hand FROM (SELECT * FROM fresh UNION ALL SELECT * FROM elsewhere) AS first`,
};

const adjusted = (change: string): string => `WITH changed AS (${change} RETURNING variant_id, location_id, on_hand, reserved, seated),
  noted AS (INSERT INTO movement (variant_id, location_id, cause_id, kind, quantity, reason) SELECT variant_id, location_id, $4, 'adjusted', $2, $3 FROM changed),
  others AS (SELECT s.variant_id, s.location_id, s.on_hand, s.reserved, s.seated FROM stock s JOIN changed c USING (variant_id) WHERE s.location_id <> c.location_id)
  SELECT ${together} FROM (SELECT * FROM changed UNION ALL SELECT * FROM others) AS level GROUP BY variant_id`;

const inRange = `BETWEEN s.reserved AND ${mostOnHand}`;

const adjust: Statement = {
  name: 'inventory_adjust',
  text: adjusted(`UPDATE ONLY stock s SET on_hand = on_hand + $2 WHERE variant_id = $1 AND NOT seated AND on_hand + $2 ${inRange}`),
};

/** Units that come to a location for the first time make its row; the variant must be known, and not seated. `$5` location. */
const adjustElsewhere: Statement = {
  name: 'inventory_adjust_elsewhere',
  text: adjusted(`INSERT INTO stock_elsewhere AS s (variant_id, location_id, on_hand)
    SELECT variant_id, $5, greatest($2, 0) FROM ONLY stock WHERE variant_id = $1 AND NOT seated AND ($2 > 0 OR EXISTS (SELECT FROM stock_elsewhere e WHERE e.variant_id = $1 AND e.location_id = $5))
    ON CONFLICT (variant_id, location_id) DO UPDATE SET on_hand = s.on_hand + $2 WHERE s.on_hand + $2 ${inRange}`),
};

/** Stock and its ledger in PostgreSQL; the ledger row is written by the statement that changes the stock. */
export function pgStockBook(database: Database): StockBook {
  return {
    levels: async (variantIds) => (await database.query<Row>(levels, [variantIds])).map(toLevel),
    async levelsByLocation(variantId) {
      const rows = await database.query<LocatedRow>(levelsByLocation, [variantId]);
      return rows.map((row) => ({ ...toLevel(row), location: { id: row.location_id, name: row.name } }));
    },
    async seats(variantIds) {
      return (await database.query<SeatRow>(seats, [variantIds])).map(({ variant_id, ...seat }) => ({ variantId: variant_id, ...seat }));
    },
    async introduce(stock) {
      await database.query(introduce, columnsOf(stock));
    },
    async adjust(tx, { variantId, locationId, quantity, reason, causeId }) {
      const isHere = locationId === defaultLocation;
      const values = [variantId, quantity, reason, causeId, ...(isHere ? [] : [locationId])];
      const [row] = await sessionOf(tx).query<Row>(isHere ? adjust : adjustElsewhere, values);
      return row && toLevel(row);
    },
    async levelAt(tx, variantId, locationId) {
      const [row] = await sessionOf(tx).query<Row>(levelAt, [variantId, locationId]);
      return row && toLevel(row);
    },
  };
}

function columnsOf(stock: readonly FirstStock[]): readonly unknown[] {
  const elsewhere = stock.flatMap(({ variantId, elsewhere: places }) => places.map((place) => ({ variantId, ...place })));
  const numbered = stock.flatMap(({ variantId, seats: labels }) => labels.map((label, position) => ({ variantId, label, position })));
  return [
    stock.map(({ variantId }) => variantId),
    stock.map(({ quantity }) => quantity),
    stock.map(({ seats: labels }) => labels.length > 0),
    elsewhere.map(({ variantId }) => variantId),
    elsewhere.map(({ locationId }) => locationId),
    elsewhere.map(({ quantity }) => quantity),
    numbered.map(({ variantId }) => variantId),
    numbered.map(({ label }) => label),
    numbered.map(({ position }) => position),
  ];
}

function toLevel({ variant_id, on_hand, reserved, seated }: Row): StockLevel {
  return { variantId: variant_id, onHand: on_hand, reserved, seated };
}
