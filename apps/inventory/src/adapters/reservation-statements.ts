import type { Statement } from '@tandem/kernel';

/*
 * Each statement below that touches stock reads as one sentence: which units are `wanted`, their stock rows `locked` in the order of their
 * ids (so that two carts never wait for each other in a circle), and then the change. Under READ COMMITTED the locked rows are the newest
 * ones. New values are computed from them, never from the row that is updated: of that PostgreSQL first takes the version of the
 * statement's snapshot, and a CHECK on a sum with an older version fails although the sum with the newest holds.
 */

/** Stock rows of the wanted variants, locked in order. */
const locked = `locked AS (
  SELECT s.variant_id, s.on_hand, s.reserved FROM stock s
  WHERE s.variant_id IN (SELECT variant_id FROM wanted) ORDER BY s.variant_id FOR UPDATE)`;

/** Wanted variants there is too little of. */
const short = `short AS (
  SELECT w.variant_id, coalesce(l.on_hand - l.reserved, 0) AS available FROM wanted w LEFT JOIN locked l USING (variant_id)
  WHERE coalesce(l.on_hand - l.reserved, 0) < w.units)`;

/** Changes the locked rows; `rise` is by how much what is available rises. Nothing is changed when `unless` holds. */
const changed = (name: string, { set, rise, unless = 'false' }: { set: string; rise: string; unless?: string }): string => `${name} AS (
  UPDATE stock s SET ${set} FROM wanted w JOIN locked l USING (variant_id) WHERE s.variant_id = w.variant_id AND NOT (${unless})
  RETURNING s.variant_id, s.on_hand, s.on_hand - s.reserved AS available, ${rise} AS rise)`;

const held = changed('held', { set: 'on_hand = l.on_hand, reserved = l.reserved + w.units', rise: '-w.units', unless: 'EXISTS (SELECT FROM short)' });
const freed = changed('freed', { set: 'on_hand = l.on_hand, reserved = l.reserved - w.units', rise: 'w.units' });
const sold = changed('sold', { set: 'on_hand = l.on_hand - w.units, reserved = l.reserved - w.units', rise: '0' });
const shelved = changed('shelved', { set: 'on_hand = l.on_hand + w.units, reserved = l.reserved', rise: 'w.units' });

const listed = (name: string): string => `(SELECT coalesce(json_agg(row_to_json(${name}) ORDER BY ${name}.variant_id), '[]') FROM ${name})`;
const wantedBy = (orders: string): string =>
  `wanted AS (SELECT l.variant_id, sum(l.quantity)::int AS units FROM reservation_line l WHERE l.order_id IN (SELECT order_id FROM ${orders}) GROUP BY 1)`;

/** One reserving of an order at a time: the two ways below lock its row and the stock's in opposite order. */
const turn = (how: 'pg_advisory_xact_lock' | 'pg_try_advisory_xact_lock'): string => `${how}(hashtextextended($1::uuid::text, 7403))`;

/**
 * The ordinary case in a statement that is a transaction of its own, so that a hot row is locked no longer than it takes to commit: the order is
 * new, there is enough, and no variant runs out, of which somebody would have to be told. In any other case nothing is written. Values as for `hold`.
 */
export const holdOrdinarily: Statement = {
  name: 'inventory_hold_ordinarily',
  text: `WITH mine AS (SELECT ${turn('pg_try_advisory_xact_lock')} AS is_mine),
    line AS (
      SELECT l.line_id, l.variant_id, l.quantity FROM mine CROSS JOIN unnest($3::uuid[], $4::uuid[], $5::int[]) AS l(line_id, variant_id, quantity)
      WHERE is_mine AND NOT EXISTS (SELECT FROM reservation r WHERE r.order_id = $1)),
    wanted AS (SELECT variant_id, sum(quantity)::int AS units FROM line GROUP BY 1),
    ${locked},
    last_units AS (SELECT w.variant_id FROM wanted w LEFT JOIN locked l USING (variant_id) WHERE coalesce(l.on_hand - l.reserved, 0) <= w.units),
    claimed AS (
      INSERT INTO reservation (order_id, status, expires_at) SELECT $1, 'reserved', clock_timestamp() + make_interval(secs => $2)
      WHERE EXISTS (SELECT FROM line) AND NOT EXISTS (SELECT FROM last_units) ON CONFLICT (order_id) DO NOTHING RETURNING order_id),
    granted AS (SELECT variant_id, units FROM wanted CROSS JOIN claimed),
    held AS (
      UPDATE stock s SET on_hand = l.on_hand, reserved = l.reserved + w.units FROM granted w JOIN locked l USING (variant_id) WHERE s.variant_id = w.variant_id),
    kept AS (
      INSERT INTO reservation_line (order_id, line_id, variant_id, quantity) SELECT order_id, line_id, variant_id, quantity FROM claimed CROSS JOIN line)
    SELECT EXISTS (SELECT FROM claimed) AS held`,
};

/** `$1` order, `$2` seconds, `$3` lines, `$4` variants, `$5` quantities. Without a claim (the order is known) nothing is locked or written. */
export const hold: Statement = {
  name: 'inventory_hold',
  text: `WITH claimed AS (
      INSERT INTO reservation (order_id, status, expires_at)
      SELECT $1, 'reserved', clock_timestamp() + make_interval(secs => $2) FROM (SELECT ${turn('pg_advisory_xact_lock')}) AS mine
      ON CONFLICT (order_id) DO NOTHING RETURNING order_id),
    line AS (
      SELECT c.order_id, l.line_id, l.variant_id, l.quantity
      FROM claimed c CROSS JOIN unnest($3::uuid[], $4::uuid[], $5::int[]) AS l(line_id, variant_id, quantity)),
    wanted AS (SELECT variant_id, sum(quantity)::int AS units FROM line GROUP BY 1),
    ${locked}, ${short}, ${held},
    kept AS (
      INSERT INTO reservation_line (order_id, line_id, variant_id, quantity)
      SELECT order_id, line_id, variant_id, quantity FROM line WHERE NOT EXISTS (SELECT FROM short))
    SELECT EXISTS (SELECT FROM claimed) AS claimed, ${listed('short')} AS short, ${listed('held')} AS changes`,
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

/** The order's row is locked already. `$1` order, `$2` seconds. */
export const holdAgain: Statement = {
  name: 'inventory_hold_again',
  text: `WITH again AS (SELECT order_id FROM reservation WHERE order_id = $1 AND status = 'expired'),
    ${wantedBy('again')}, ${locked}, ${short}, ${held},
    renewed AS (
      UPDATE reservation SET status = 'reserved', expires_at = clock_timestamp() + make_interval(secs => $2)
      WHERE order_id IN (SELECT order_id FROM again) AND NOT EXISTS (SELECT FROM short))
    SELECT ${listed('short')} AS short, ${listed('held')} AS changes`,
};

export const renew: Statement = {
  name: 'inventory_renew',
  text: 'UPDATE reservation SET expires_at = greatest(expires_at, clock_timestamp() + make_interval(secs => $2)) WHERE order_id = $1',
};

/** Sells what is reserved: off the shelf, off the reservations, into the ledger. What is available stays the same. */
export const take: Statement = {
  name: 'inventory_take',
  text: `WITH settled AS (UPDATE reservation SET status = 'taken' WHERE order_id = $1 AND status = 'reserved' RETURNING order_id),
    ${wantedBy('settled')}, ${locked}, ${sold},
    noted AS (INSERT INTO movement (variant_id, cause_id, kind, quantity, order_id) SELECT variant_id, $1, 'taken', -units, $1 FROM wanted)
    SELECT EXISTS (SELECT FROM settled) AS taken`,
};

export const free: Statement = {
  name: 'inventory_free',
  text: `WITH given_up AS (UPDATE reservation SET status = 'released' WHERE order_id = $1 AND status = 'reserved' RETURNING order_id),
    ${wantedBy('given_up')}, ${locked}, ${freed}
    SELECT ${listed('freed')} AS changes`,
};

export const close: Statement = { name: 'inventory_close', text: "UPDATE reservation SET status = 'released' WHERE order_id = $1 AND status = 'expired'" };

/** The order's row is locked already. `$1` order, `$2` cause; `$3` lines and `$4` quantities, both null for all that is left. */
export const putBack: Statement = {
  name: 'inventory_put_back',
  text: `WITH back AS (
      SELECT l.line_id, l.variant_id, least(coalesce(asked.quantity, l.quantity), l.quantity - l.returned) AS units
      FROM reservation r JOIN reservation_line l USING (order_id)
      LEFT JOIN (SELECT line_id, sum(quantity)::int AS quantity FROM unnest($3::uuid[], $4::int[]) AS a(line_id, quantity) GROUP BY 1) asked USING (line_id)
      WHERE r.order_id = $1 AND r.status = 'taken' AND l.returned < l.quantity AND ($3::uuid[] IS NULL OR asked.line_id IS NOT NULL)),
    counted AS (
      UPDATE reservation_line l SET returned = l.returned + b.units FROM back b WHERE l.order_id = $1 AND l.line_id = b.line_id),
    wanted AS (SELECT variant_id, sum(units)::int AS units FROM back GROUP BY 1),
    ${locked}, ${shelved},
    noted AS (INSERT INTO movement (variant_id, cause_id, kind, quantity, order_id) SELECT variant_id, $2, 'returned', units, $1 FROM wanted)
    SELECT ${listed('shelved')} AS changes`,
};

export const expireDue: Statement = {
  name: 'inventory_expire_due',
  text: `WITH due AS (
      SELECT order_id FROM reservation WHERE status = 'reserved' AND expires_at <= clock_timestamp()
      ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED),
    over AS (UPDATE reservation r SET status = 'expired' FROM due WHERE r.order_id = due.order_id RETURNING r.order_id),
    ${wantedBy('over')}, ${locked}, ${freed}
    SELECT (SELECT count(*)::int FROM over) AS expired, ${listed('freed')} AS changes`,
};

export const nextDue: Statement = {
  name: 'inventory_next_due',
  text: "SELECT (extract(epoch FROM min(expires_at) - clock_timestamp()) * 1000)::float8 AS due_ms FROM reservation WHERE status = 'reserved'",
};
