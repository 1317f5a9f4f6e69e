import { gather, type Database, type Session, sessionOf, type Tx } from '@tandem/kernel';
import { allocate, type Part, type Shelf } from '../domain/allocation.js';
import type { Holding, Reservations, TakenPart, Wish } from '../domain/ports.js';
import type { OrderLine, ReservationState, Short } from '../domain/reservation.js';
import type { StockChange } from '../domain/stock.js';
import * as statements from './reservation-statements.js';

type ChangeRow = { readonly variant_id: string; readonly on_hand: number; readonly available: number; readonly rise: number };
type ChangesRow = { readonly changes: readonly ChangeRow[] };
type ShelfRow = {
  readonly variant_id: string;
  readonly location_id: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly seated: boolean;
};
type LineRow = {
  readonly line_id: string;
  readonly variant_id: string;
  readonly quantity: number;
  readonly seats: readonly string[] | null;
};
type PartRow = { readonly line_id: string; readonly location_id: string; readonly quantity: number };
type OrderRow = { readonly order_id: string };
type StateRow = { readonly status: ReservationState };

/** Two statements of each kind at a time are enough to keep the database busy: a third would wait for the same rows. */
const gathering = { lanes: 2, most: 64 };

/** Reservations in PostgreSQL: every method is one statement, but for those that hold what is not ordinary, where `allocate` decides in between. */
export function pgReservations(database: Database): Reservations {
  const taking = gather((orderIds: readonly string[]) => takeEach(database, orderIds), gathering);
  return {
    holdOrdinarily: gather((wishes) => holdOrdinarily(database, wishes), gathering),
    async hold(tx, { orderId, lines, ttlSeconds }) {
      const variantIds = lines.map(({ variantId }) => variantId);
      const { claimed, shelves } = await only<{ claimed: boolean; shelves: readonly ShelfRow[] }>(tx, statements.claim, [
        orderId,
        ttlSeconds,
        variantIds,
      ]);
      if (!claimed) return { kind: 'known' };
      const holding = await keep(tx, orderId, { lines, shelves });
      if (holding.kind === 'short') await sessionOf(tx).query(statements.forget, [orderId]);
      return holding;
    },
    async stateOf(tx, orderId) {
      const [row] = await sessionOf(tx).query<StateRow>(statements.stateOf, [orderId]);
      return row?.status;
    },
    stateOrReleased: async (tx, orderId) => (await only<StateRow>(tx, statements.stateOrReleased, [orderId])).status,
    async holdAgain(tx, orderId, ttlSeconds) {
      const { lines, shelves } = await only<{ lines: readonly LineRow[]; shelves: readonly ShelfRow[] }>(tx, statements.wantedAgain, [
        orderId,
      ]);
      const renew = async () => void (await sessionOf(tx).query(statements.renewExpired, [orderId, ttlSeconds]));
      return keep(tx, orderId, { lines: lines.map(toLine), shelves, before: renew });
    },
    async renew(tx, orderId, ttlSeconds) {
      await sessionOf(tx).query(statements.renew, [orderId, ttlSeconds]);
    },
    take: async (orderId, tx) => (tx ? (await takeEach(sessionOf(tx), [orderId]))[0] : taking(orderId)),
    partsOf: async (tx, orderId) => toParts((await only<{ parts: readonly PartRow[] | null }>(tx, statements.partsOf, [orderId])).parts),
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

/** Whether each of the orders holds now what it wants. An order that is among them twice is held once, for the first who asked. */
async function holdOrdinarily(database: Database, wishes: readonly Wish[]): Promise<readonly boolean[]> {
  const orders = [...new Map([...wishes].reverse().map((wish) => [wish.orderId, wish])).values()];
  const lines = orders.flatMap(({ orderId, lines: own }) => own.map((line) => ({ orderId, ...line })));
  const rows = await database.query<OrderRow>(statements.holdOrdinarily, [
    orders.map(({ orderId }) => orderId),
    orders.map(({ ttlSeconds }) => ttlSeconds),
    lines.map(({ orderId }) => orderId),
    lines.map(({ lineId }) => lineId),
    lines.map(({ variantId }) => variantId),
    lines.map(({ quantity }) => quantity),
  ]);
  const held = new Set(rows.map(({ order_id }) => order_id));
  return wishes.map(({ orderId }, index) => held.has(orderId) && wishes.findIndex((wish) => wish.orderId === orderId) === index);
}

type Wanted = { readonly lines: readonly OrderLine[]; readonly shelves: readonly ShelfRow[]; readonly before?: () => Promise<void> };

/** Decides where the units come from and writes it, `before` first. Stock is locked; a shortage has written nothing. */
async function keep(tx: Tx, orderId: string, { lines, shelves, before }: Wanted): Promise<Holding> {
  const allocation = allocate(lines, shelves.map(toShelf));
  if (allocation.kind === 'short') return allocation;
  const gone = await assignSeats(tx, orderId, lines);
  if (gone.length > 0) return { kind: 'short', short: gone };
  await before?.();
  return { kind: 'held', changes: toChanges(await only<ChangesRow>(tx, statements.keep, [orderId, ...columnsOf(allocation.parts)])) };
}

/** Gives the order its seats, all or none; answers those that are not free. */
async function assignSeats(tx: Tx, orderId: string, lines: readonly OrderLine[]): Promise<readonly Short[]> {
  const picked = lines.flatMap(({ variantId, seats = [] }) => seats.map((label) => ({ variantId, label })));
  if (picked.length === 0) return [];
  const values = [orderId, picked.map(({ variantId }) => variantId), picked.map(({ label }) => label)];
  const gone = await sessionOf(tx).query<{ variant_id: string; label: string }>(statements.assignSeats, values);
  const variants = [...new Set(gone.map(({ variant_id }) => variant_id))];
  return variants.map((variantId) => ({
    variantId,
    available: 0,
    seatsGone: gone.filter(({ variant_id }) => variant_id === variantId).map(({ label }) => label),
  }));
}

/** For each of the orders its parts, if it was reserved and is taken now. */
async function takeEach(session: Session, orderIds: readonly string[]): Promise<readonly (readonly TakenPart[] | undefined)[]> {
  const rows = await session.query<OrderRow & { parts: readonly PartRow[] | null }>(statements.take, [orderIds]);
  const taken = new Map(rows.map(({ order_id, parts }) => [order_id, toParts(parts)]));
  return orderIds.map((orderId) => taken.get(orderId));
}

function columnsOf(parts: readonly Part[]): readonly unknown[] {
  return [
    parts.map(({ lineId }) => lineId),
    parts.map(({ variantId }) => variantId),
    parts.map(({ locationId }) => locationId),
    parts.map(({ quantity }) => quantity),
    parts.map(({ seats }) => JSON.stringify(seats)),
  ];
}

/** The row of a statement that always answers one. */
async function only<Row>(tx: Tx, statement: { readonly name: string; readonly text: string }, values: readonly unknown[]): Promise<Row> {
  const [row] = await sessionOf(tx).query<Row>(statement, values);
  if (!row) throw new Error(`${statement.name} answered no row`);
  return row;
}

function toShelf({ variant_id, location_id, on_hand, reserved, seated }: ShelfRow): Shelf {
  return { variantId: variant_id, locationId: location_id, available: on_hand - reserved, seated };
}

function toLine({ line_id, variant_id, quantity, seats }: LineRow): OrderLine {
  return { lineId: line_id, variantId: variant_id, quantity, ...(seats && seats.length > 0 ? { seats } : {}) };
}

function toParts(rows: readonly PartRow[] | null): readonly TakenPart[] {
  return (rows ?? []).map(({ line_id, location_id, quantity }) => ({ lineId: line_id, locationId: location_id, quantity }));
}

function toChanges({ changes }: ChangesRow): readonly StockChange[] {
  return changes.map(({ variant_id, on_hand, available, rise }) => ({ variantId: variant_id, onHand: on_hand, available, rise }));
}
