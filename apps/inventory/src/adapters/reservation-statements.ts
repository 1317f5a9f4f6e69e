import type { Statement } from '@tandem/kernel';
import { defaultLocation } from '../domain/allocation.js';

/*
 * Each statement below that touches stock reads as one sentence: which units are `wanted`, their stock rows `locked` in the order of their
 * ids (so that two carts never wait for each other in a circle), and then the change. Under READ COMMITTED the locked rows are the newest
 * ones. New values are computed from them, never from the row that is updated: of that PostgreSQL first takes the version of the
 * statement's snapshot, and a CHECK on a sum with an older version fails although the sum with the newest holds.
 */

/** Stock rows of the wanted variants at all locations, locked in order. */
const locked = `locked AS (
  SELECT s.variant_id, s.location_id, s.on_hand, s.reserved, s.seated FROM stock s
  WHERE s.variant_id IN (SELECT variant_id FROM wanted) ORDER BY s.variant_id, s.location_id FOR UPDATE)`;

/** Changes the locked rows that \`wanted\` names with their location; then \`after\`: every wanted variant as it is at all locations together, and by how much what is available rose. */
const changed = ({ set, rise }: { set: string; rise: string }): string => `changed AS (
  UPDATE stock s SET ${set} FROM wanted w JOIN locked l USING (variant_id, location_id) WHERE s.variant_id = w.variant_id AND s.location_id = w.location_id
  RETURNING s.variant_id, s.location_id, s.on_hand, s.reserved, ${rise} AS rise),
  after AS (
    SELECT l.variant_id, sum(coalesce(c.on_hand, l.on_hand))::int AS on_hand, sum(coalesce(c.on_hand - c.reserved, l.on_hand - l.reserved))::int AS available,
      sum(coalesce(c.rise, 0))::int AS rise
    FROM locked l LEFT JOIN changed c USING (variant_id, location_id) GROUP BY 1)`;

const held = changed({ set: 'on_hand = l.on_hand, reserved = l.reserved + w.units', rise: '-w.units' });
const freed = changed({ set: 'on_hand = l.on_hand, reserved = l.reserved - w.units', rise: 'w.units' });
const shelved = changed({ set: 'on_hand = l.on_hand + w.units, reserved = l.reserved', rise: 'w.units' });

const listed = (name: string): string => `(SELECT coalesce(json_agg(row_to_json(${name}) ORDER BY ${name}.variant_id), '[]') FROM ${name})`;
const wantedBy = (orders: string): string =>
  `wanted AS (
    SELECT l.variant_id, l.location_id, sum(l.quantity)::int AS units FROM reservation_line l WHERE l.order_id IN (SELECT order_id FROM ${orders}) GROUP BY 1, 2)`;
const unseated = (orders: string): string =>
  `unseated AS (UPDATE seat SET order_id = NULL WHERE order_id IN (SELECT order_id FROM ${orders}))`;

/** One reserving of an order at a time: the two ways below lock its row and the stock's in opposite order. */
const turn = (how: 'pg_advisory_xact_lock' | 'pg_try_advisory_xact_lock', orderId: string): string =>
  `${how}(hashtextextended((${orderId})::uuid::text, 7403))`;

/**
 * The ordinary case of several orders in a statement that is a transaction of its own, so that a hot row is locked no longer than it takes to
 * commit: the order is new, nothing of it is numbered, the default location has enough, and does not run out of it: somebody might have to be
 * told. Of any other order nothing is written; where all together would use a variant up, each of those who want it is another. Answers the orders that hold now.
 * `$1` orders, each once; `$2` their seconds; line by line `$3` order, `$4` line, `$5` variant, `$6` quantity.
 */
export const holdOrdinarily: Statement = {
  name: 'inventory_hold_ordinarily',
  text: `WITH asked AS (SELECT order_id, seconds, ${turn('pg_try_advisory_xact_lock', 'order_id')} AS is_mine FROM unnest($1::uuid[], $2::int[]) AS a(order_id, seconds)),
    fresh AS (SELECT order_id, seconds FROM asked a WHERE is_mine AND NOT EXISTS (SELECT FROM reservation r WHERE r.order_id = a.order_id)),
    line AS (
      SELECT order_id, l.line_id, l.variant_id, l.quantity FROM fresh
      JOIN unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::int[]) AS l(order_id, line_id, variant_id, quantity) USING (order_id)),
    wanted AS (SELECT variant_id, sum(quantity)::int AS units FROM line GROUP BY 1),
    here AS (
      SELECT s.variant_id, s.on_hand, s.reserved FROM ONLY stock s
      WHERE s.variant_id IN (SELECT variant_id FROM wanted) AND NOT s.seated ORDER BY s.variant_id FOR UPDATE),
    scarce AS (SELECT w.variant_id FROM wanted w LEFT JOIN here h USING (variant_id) WHERE coalesce(h.on_hand - h.reserved, 0) <= w.units),
    claimed AS (
      INSERT INTO reservation (order_id, status, expires_at) SELECT order_id, 'reserved', clock_timestamp() + make_interval(secs => seconds) FROM fresh
      WHERE order_id NOT IN (SELECT order_id FROM line JOIN scarce USING (variant_id)) ON CONFLICT (order_id) DO NOTHING RETURNING order_id),
    granted AS (SELECT variant_id, sum(quantity)::int AS units FROM line JOIN claimed USING (order_id) GROUP BY 1),
    held AS (
      UPDATE ONLY stock s SET on_hand = h.on_hand, reserved = h.reserved + w.units FROM granted w JOIN here h USING (variant_id) WHERE s.variant_id = w.variant_id),
    kept AS (
      INSERT INTO reservation_line (order_id, line_id, variant_id, quantity) SELECT order_id, line_id, variant_id, quantity FROM line JOIN claimed USING (order_id))
    SELECT order_id FROM claimed`,
};

/** Claims an unknown order and answers what there is of its variants, locked. `$1` order, `$2` seconds, `$3` variants. Without a claim (the order is known) nothing is locked or written. */
export const claim: Statement = {
  name: 'inventory_claim',
  text: `WITH claimed AS (
      INSERT INTO reservation (order_id, status, expires_at)
      SELECT $1, 'reserved', clock_timestamp() + make_interval(secs => $2) FROM (SELECT ${turn('pg_advisory_xact_lock', '$1')}) AS mine
      ON CONFLICT (order_id) DO NOTHING RETURNING order_id),
    wanted AS (SELECT DISTINCT variant_id FROM claimed CROSS JOIN unnest($3::uuid[]) AS v(variant_id)), ${locked}
    SELECT EXISTS (SELECT FROM claimed) AS claimed, ${listed('locked')} AS shelves`,
};

/** Gives an order the seats it wants, all or none; the stock rows of their variants are locked already. Answers those that are not free. `$1` order, `$2` variants, `$3` labels. */
export const assignSeats: Statement = {
  name: 'inventory_assign_seats',
  text: `WITH picked AS (SELECT variant_id, label FROM unnest($2::uuid[], $3::text[]) AS p(variant_id, label)),
    gone AS (SELECT p.variant_id, p.label FROM picked p LEFT JOIN seat s ON s.variant_id = p.variant_id AND s.label = p.label AND s.order_id IS NULL WHERE s.label IS NULL),
    assigned AS (
      UPDATE seat s SET order_id = $1 FROM picked p WHERE s.variant_id = p.variant_id AND s.label = p.label AND NOT EXISTS (SELECT FROM gone))
    SELECT variant_id, label FROM gone`,
};

/** Writes the parts of a claimed order, whose stock is locked already. `$1` order; part by part `$2` line, `$3` variant, `$4` location, `$5` quantity, `$6` seats as JSON. */
export const keep: Statement = {
  name: 'inventory_keep',
  text: `WITH part AS (
      SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::json[]) AS p(line_id, variant_id, location_id, quantity, seats)),
    wanted AS (SELECT variant_id, location_id, sum(quantity)::int AS units FROM part GROUP BY 1, 2), ${locked}, ${held},
    kept AS (
      INSERT INTO reservation_line (order_id, line_id, variant_id, location_id, quantity, seats)
      SELECT $1, line_id, variant_id, location_id, quantity, ARRAY(SELECT json_array_elements_text(seats)) FROM part)
    SELECT ${listed('after')} AS changes`,
};

/** Takes the claim of a shortage back: the order stays unknown. */
export const forget: Statement = { name: 'inventory_forget', text: 'DELETE FROM reservation WHERE order_id = $1' };

export const stateOf: Statement = { name: 'inventory_state_of', text: 'SELECT status FROM reservation WHERE order_id = $1 FOR UPDATE' };

/** Writing the key over itself locks the row and answers it as it is. */
export const stateOrReleased: Statement = {
  name: 'inventory_state_or_released',
  text: `INSERT INTO reservation AS r (order_id, status, expires_at) VALUES ($1, 'released', clock_timestamp())
    ON CONFLICT (order_id) DO UPDATE SET order_id = r.order_id RETURNING r.status`,
};

/** What an expired order wants once more, and what there is of it, locked. The order's row is locked already. */
export const wantedAgain: Statement = {
  name: 'inventory_wanted_again',
  text: `WITH again AS (SELECT order_id FROM reservation WHERE order_id = $1 AND status = 'expired'),
    line AS (
      SELECT l.line_id, l.variant_id, sum(l.quantity)::int AS quantity, max(l.seats) AS seats
      FROM again JOIN reservation_line l USING (order_id) GROUP BY 1, 2),
    wanted AS (SELECT DISTINCT variant_id FROM line), ${locked}
    SELECT ${listed('line')} AS lines, ${listed('locked')} AS shelves`,
};

/** Makes room for the parts that are kept anew, and lets the reservation hold again. `$1` order, `$2` seconds. */
export const renewExpired: Statement = {
  name: 'inventory_renew_expired',
  text: `WITH gone AS (DELETE FROM reservation_line WHERE order_id = $1)
    UPDATE reservation SET status = 'reserved', expires_at = clock_timestamp() + make_interval(secs => $2) WHERE order_id = $1`,
};

export const renew: Statement = {
  name: 'inventory_renew',
  text: 'UPDATE reservation SET expires_at = greatest(expires_at, clock_timestamp() + make_interval(secs => $2)) WHERE order_id = $1',
};

/**
 * Sells what orders have reserved: off the shelf, off the reservations, into the ledger. What is available stays the same. `$1` orders;
 * answers those that were reserved and are taken now, and their parts that come from elsewhere than the default location, if any.
 */
export const take: Statement = {
  name: 'inventory_take',
  text: `WITH due AS (SELECT order_id FROM reservation WHERE order_id = ANY($1::uuid[]) AND status = 'reserved' ORDER BY order_id FOR UPDATE),
    settled AS (UPDATE reservation r SET status = 'taken' FROM due WHERE r.order_id = due.order_id RETURNING r.order_id),
    line AS (SELECT l.order_id, l.line_id, l.variant_id, l.location_id, l.quantity FROM settled JOIN reservation_line l USING (order_id)),
    part AS (SELECT order_id, variant_id, location_id, sum(quantity)::int AS units FROM line GROUP BY 1, 2, 3),
    wanted AS (SELECT variant_id, location_id, sum(units)::int AS units FROM part GROUP BY 1, 2), ${locked},
    sold AS (
      UPDATE stock s SET on_hand = l.on_hand - w.units, reserved = l.reserved - w.units
      FROM wanted w JOIN locked l USING (variant_id, location_id) WHERE s.variant_id = w.variant_id AND s.location_id = w.location_id),
    noted AS (
      INSERT INTO movement (variant_id, location_id, cause_id, kind, quantity, order_id) SELECT variant_id, location_id, order_id, 'taken', -units, order_id FROM part)
    SELECT order_id, (SELECT json_agg(row_to_json(line)) FROM line WHERE line.order_id = settled.order_id AND EXISTS (
      SELECT FROM line other WHERE other.order_id = settled.order_id AND other.location_id <> '${defaultLocation}')) AS parts FROM settled`,
};

/** The parts of an order of which one comes from elsewhere than the default location; null of any other. */
export const partsOf: Statement = {
  name: 'inventory_parts_of',
  text: `SELECT json_agg(json_build_object('line_id', line_id, 'location_id', location_id, 'quantity', quantity))
    FILTER (WHERE EXISTS (SELECT FROM reservation_line other WHERE other.order_id = $1 AND other.location_id <> '${defaultLocation}')) AS parts
    FROM reservation_line WHERE order_id = $1`,
};

export const free: Statement = {
  name: 'inventory_free',
  text: `WITH given_up AS (UPDATE reservation SET status = 'released' WHERE order_id = $1 AND status = 'reserved' RETURNING order_id),
    ${wantedBy('given_up')}, ${locked}, ${freed}, ${unseated('given_up')}
    SELECT ${listed('after')} AS changes`,
};

export const close: Statement = {
  name: 'inventory_close',
  text: "UPDATE reservation SET status = 'released' WHERE order_id = $1 AND status = 'expired'",
};

/**
 * The order's row is locked already. Units come back to where they were taken from; of a line with several parts, the first part's first.
 * `$1` order, `$2` cause; `$3` lines and `$4` quantities, both null for all that is left.
 */
export const putBack: Statement = {
  name: 'inventory_put_back',
  text: `WITH asked AS (SELECT line_id, sum(quantity) AS quantity FROM unnest($3::uuid[], $4::int[]) AS a(line_id, quantity) GROUP BY 1),
    sold AS (
      SELECT l.*, l.quantity - l.returned AS remaining, a.quantity - (sum(l.quantity - l.returned) OVER (PARTITION BY l.line_id ORDER BY l.location_id) - (l.quantity - l.returned)) AS asked
      FROM reservation r JOIN reservation_line l USING (order_id) LEFT JOIN asked a USING (line_id)
      WHERE r.order_id = $1 AND r.status = 'taken' AND ($3::uuid[] IS NULL OR a.line_id IS NOT NULL)),
    back AS (
      SELECT line_id, variant_id, location_id, least(coalesce(asked, remaining), remaining)::int AS units, seats, remaining FROM sold
      WHERE remaining > 0 AND coalesce(asked, remaining) > 0),
    counted AS (
      UPDATE reservation_line l SET returned = l.returned + b.units FROM back b WHERE l.order_id = $1 AND l.line_id = b.line_id AND l.location_id = b.location_id),
    unseated AS (
      UPDATE seat s SET order_id = NULL FROM back b
      WHERE s.order_id = $1 AND s.variant_id = b.variant_id AND s.label = ANY(b.seats[b.remaining - b.units + 1 : b.remaining])),
    wanted AS (SELECT variant_id, location_id, sum(units)::int AS units FROM back GROUP BY 1, 2),
    ${locked}, ${shelved},
    noted AS (
      INSERT INTO movement (variant_id, location_id, cause_id, kind, quantity, order_id) SELECT variant_id, location_id, $2, 'returned', units, $1 FROM wanted)
    SELECT ${listed('after')} AS changes`,
};

export const expireDue: Statement = {
  name: 'inventory_expire_due',
  text: `WITH due AS (
      SELECT order_id FROM reservation WHERE status = 'reserved' AND expires_at <= clock_timestamp()
      ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED),
    over AS (UPDATE reservation r SET status = 'expired' FROM due WHERE r.order_id = due.order_id RETURNING r.order_id),
    ${wantedBy('over')}, ${locked}, ${freed}, ${unseated('over')}
    SELECT (SELECT count(*)::int FROM over) AS expired, ${listed('after')} AS changes`,
};

export const nextDue: Statement = {
  name: 'inventory_next_due',
  text: "SELECT (extract(epoch FROM min(expires_at) - clock_timestamp()) * 1000)::float8 AS due_ms FROM reservation WHERE status = 'reserved'",
};
