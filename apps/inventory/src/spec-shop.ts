import { newUuid } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import { createOutbox } from '@tandem/messaging';
import { pgLocations } from './adapters/pg-locations.js';
import { pgReservations } from './adapters/pg-reservations.js';
import { pgStockBook } from './adapters/pg-stock-book.js';
import type { OrderLine } from './domain/reservation.js';
import { AnnounceStock } from './features/announce-stock.js';
import { IntroduceStock } from './features/introduce-stock.js';
import { ReleaseStock } from './features/release-stock.js';
import { ReserveStock } from './features/reserve-stock.js';
import { ReturnStock } from './features/return-stock.js';
import { SweepExpired } from './features/sweep-expired.js';
import { TakeStock } from './features/take-stock.js';
import type { SpecDatabase } from './spec-database.js';

/** The use cases of one replica on a real database. */
export function replicaOn(database: Database) {
  const outbox = createOutbox({ service: 'inventory', newId: newUuid, wake: () => undefined, validate: true });
  const reservations = pgReservations(database);
  const stock = pgStockBook(database);
  const announce = new AnnounceStock(outbox, () => new Date('2026-01-02T03:04:05Z'));
  const release = new ReleaseStock(database, reservations, announce);
  return {
    database,
    stock,
    locations: pgLocations(database),
    announce,
    introduce: new IntroduceStock(stock),
    reserve: new ReserveStock(database, reservations, announce),
    take: new TakeStock(database, reservations, announce),
    release,
    returns: new ReturnStock(reservations, release, announce),
    sweep: new SweepExpired(database, reservations, announce),
  };
}

/** A second location. */
export async function secondLocation({ locations }: ReturnType<typeof replicaOn>): Promise<string> {
  const id = newUuid();
  await locations.add({ id, name: `warehouse ${id}` });
  return id;
}

/** A new variant with these seats. */
export async function hallWith({ introduce }: ReturnType<typeof replicaOn>, seats: readonly string[]): Promise<string> {
  const variantId = newUuid();
  await introduce.run([{ variantId, quantity: seats.length, seats, elsewhere: [] }]);
  return variantId;
}

/** A new variant with stock at the default location and at another. */
export async function variantAt(
  { introduce }: ReturnType<typeof replicaOn>,
  quantity: number,
  elsewhere: { readonly locationId: string; readonly quantity: number },
): Promise<string> {
  const variantId = newUuid();
  await introduce.run([{ variantId, quantity, seats: [], elsewhere: [elsewhere] }]);
  return variantId;
}

/** New variants with this much stock. */
export async function variantsWith(
  { introduce }: ReturnType<typeof replicaOn>,
  ...quantities: readonly number[]
): Promise<readonly string[]> {
  const stock = quantities.map((quantity) => ({ variantId: newUuid(), quantity, seats: [], elsewhere: [] }));
  await introduce.run(stock);
  return stock.map(({ variantId }) => variantId);
}

export function lineOf(variantId: string | undefined, quantity: number): OrderLine {
  return { lineId: newUuid(), variantId: variantId ?? newUuid(), quantity };
}

/** Rows of any SQL, for arranging and looking. */
export async function look<Row extends object>(
  { pool }: SpecDatabase,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  return (await pool.query<Row>(text, [...values])).rows;
}

/** Stock that is not the sum of its ledger, whose reserved units are not what orders hold, or whose free seats are not what is left. */
export function inconsistencies(db: SpecDatabase): Promise<readonly object[]> {
  return look(
    db,
    `SELECT s.*, m.units, h.held, f.free FROM stock s
     LEFT JOIN (SELECT variant_id, location_id, sum(quantity)::int AS units FROM movement GROUP BY 1, 2) m USING (variant_id, location_id)
     LEFT JOIN (SELECT variant_id, location_id, sum(l.quantity)::int AS held FROM reservation r JOIN reservation_line l USING (order_id) WHERE r.status = 'reserved' GROUP BY 1, 2) h
       USING (variant_id, location_id)
     LEFT JOIN (SELECT variant_id, count(*) FILTER (WHERE order_id IS NULL)::int AS free FROM seat GROUP BY 1) f USING (variant_id)
     WHERE s.on_hand <> coalesce(m.units, 0) OR s.reserved <> coalesce(h.held, 0) OR s.seated AND s.on_hand - s.reserved <> f.free`,
  );
}
