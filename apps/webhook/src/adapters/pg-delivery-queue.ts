import { newUuid } from '@tandem/host';
import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import { triedForMs } from '../domain/delivery.js';
import type { DeliveryQueue, DueDelivery, Wanted } from '../domain/ports.js';

const statement = (name: string, text: string): Statement => ({ name: `webhook_${name}`, text });

/** At most this long passes before an attempt of a process that died is made again, milliseconds. Longer than an attempt may take. */
const leaseMs = 30_000;
/** A failing endpoint is tried at least this often, milliseconds. */
const longestPauseMs = 600_000;
/** One that comes back after this long gets at once what was put off, milliseconds. */
const recoveryMs = 60_000;

/** `$4`: a guest's order whose owner is known now; later events of it do not say, so it is kept if that guest has an endpoint. */
const wanting = statement(
  'wanting',
  `WITH guest AS (INSERT INTO guest_order (order_id, owner_id)
    SELECT $2, $1::uuid WHERE $4 AND EXISTS (SELECT FROM endpoint WHERE owner_id = $1::uuid) ON CONFLICT DO NOTHING)
  SELECT id FROM endpoint WHERE owner_id = coalesce($1::uuid, (SELECT owner_id FROM guest_order WHERE order_id = $2))
  AND disabled_why IS NULL AND $3 = ANY (events)`,
);
const plan = statement(
  'plan',
  `INSERT INTO delivery (id, endpoint_id, order_id, event_id, event, payload, expires_at)
  SELECT id, endpoint_id, $3, $4, $5, $6, now() + $7 * interval '1 ms' FROM unnest($1::uuid[], $2::uuid[]) AS new (id, endpoint_id)
  ON CONFLICT (endpoint_id, event_id) DO NOTHING RETURNING id`,
);

/**
 * Of the endpoints that are owed something, and of no others, those one may look at: found by one step per endpoint through the index of what is pending, since
 * most endpoints are owed nothing. `$1` fit ones, else doubtful ones · attempts `$2` per owner, `$3` per endpoint · `$4` endpoints and `$5` owners of the attempts in hand.
 */
const open = `RECURSIVE owed AS (
    (SELECT endpoint_id FROM delivery WHERE status = 'pending' ORDER BY endpoint_id LIMIT 1)
    UNION ALL SELECT more.endpoint_id FROM owed CROSS JOIN LATERAL (
      SELECT endpoint_id FROM delivery d WHERE d.status = 'pending' AND d.endpoint_id > owed.endpoint_id ORDER BY d.endpoint_id LIMIT 1) more),
  at_endpoint AS (SELECT id, count(*) AS n FROM unnest($4::uuid[]) AS had (id) GROUP BY id),
  for_owner AS (SELECT id, count(*) AS n FROM unnest($5::uuid[]) AS had (id) GROUP BY id),
  open AS MATERIALIZED (
    SELECT e.*, $3 - coalesce(a.n, 0) AS left_here, $2 - coalesce(o.n, 0) AS left_for_owner
    FROM owed JOIN endpoint e ON e.id = owed.endpoint_id LEFT JOIN at_endpoint a ON a.id = e.id LEFT JOIN for_owner o ON o.id = e.owner_id
    WHERE e.disabled_why IS NULL AND (e.is_proven AND e.failing_since IS NULL) = $1 AND coalesce(a.n, 0) < $3 AND coalesce(o.n, 0) < $2)`;
/** What may go now or later: within an order the oldest only. */
const first = `d.status = 'pending' AND (d.is_resend OR NOT EXISTS (
  SELECT FROM delivery b WHERE b.endpoint_id = d.endpoint_id AND b.order_id = d.order_id AND b.status = 'pending' AND NOT b.is_resend AND b.sequence < d.sequence))`;

/** `$6` places in all · `$7` lease. An endpoint's are read in the order of the index, so that those beyond its bound cost nothing. */
const take = statement(
  'take',
  `WITH ${open},
    due AS (
      SELECT d.id, d.due_at, e.id AS endpoint_id, e.owner_id, e.url, e.failing_since, e.left_for_owner,
        array_remove(ARRAY[e.secret, CASE WHEN e.previous_until > now() THEN e.previous_secret END], NULL) AS secrets,
        row_number() OVER (PARTITION BY e.owner_id ORDER BY d.due_at, d.sequence) AS of_owner
      FROM open e CROSS JOIN LATERAL (
        SELECT id, due_at, sequence FROM delivery d WHERE d.endpoint_id = e.id AND d.due_at <= now() AND ${first}
        ORDER BY d.due_at LIMIT e.left_here FOR UPDATE SKIP LOCKED) d
      WHERE e.retry_at IS NULL OR e.retry_at <= now()),
    picked AS (SELECT * FROM due WHERE of_owner <= left_for_owner ORDER BY due_at LIMIT $6)
  UPDATE delivery d SET due_at = now() + $7 * interval '1 ms', attempts = attempts + 1, tried_at = now() FROM picked WHERE d.id = picked.id
  RETURNING d.id, picked.endpoint_id AS "endpointId", picked.owner_id AS "ownerId", picked.url, picked.secrets, d.payload, d.attempts,
    extract(epoch FROM d.expires_at - now())::float8 * 1000 AS "leftMs", coalesce(extract(epoch FROM now() - picked.failing_since), 0)::float8 * 1000 AS "failingForMs"`,
);

const nextDue = statement(
  'next_due',
  `WITH ${open}
  SELECT extract(epoch FROM min(greatest(d.due_at, e.retry_at)) - now())::float8 * 1000 AS ms FROM open e CROSS JOIN LATERAL (
    SELECT due_at FROM delivery d WHERE d.endpoint_id = e.id AND ${first} ORDER BY d.due_at LIMIT 1) d`,
);

const settle = statement(
  'settle',
  `UPDATE delivery SET status = $2, last_status = $3, last_error = $4, due_at = now() + $5 * interval '1 ms' WHERE id = $1 AND status = 'pending'`,
);
const recovered = statement(
  'recovered',
  `WITH was AS (SELECT id, failing_since FROM endpoint WHERE id = $1 AND (failing_since IS NOT NULL OR NOT is_proven) FOR UPDATE),
    fit AS (UPDATE endpoint e SET failing_since = NULL, retry_at = NULL, is_proven = is_proven OR e.url = $4 FROM was WHERE e.id = was.id)
  UPDATE delivery d SET due_at = now() FROM was WHERE d.endpoint_id = was.id AND d.status = 'pending' AND was.failing_since < now() - $2 * interval '1 ms'
    AND d.tried_at < now() - $3 * interval '1 ms'`,
);
const failing = statement(
  'failing',
  `UPDATE endpoint SET failing_since = coalesce(failing_since, now()), retry_at = now() + $2 * interval '1 ms', disabled_why = coalesce(disabled_why, $3)
  WHERE id = $1 AND url = $4 RETURNING id`,
);
const putBack = statement('put_back', `UPDATE delivery SET status = 'pending', due_at = now() WHERE id = $1 AND status = 'failed'`);
const giveUpAll = statement(
  'give_up_all',
  `UPDATE delivery SET status = 'failed', due_at = now(), last_error = coalesce(last_error, 'the endpoint is disabled') WHERE endpoint_id = $1 AND status = 'pending'`,
);
/** What has ended was due when it ended; what is younger than that can be passed by, by an index. */
const prune = statement(
  'prune',
  `DELETE FROM delivery WHERE id IN (SELECT id FROM delivery
    WHERE status <> 'pending' AND created_at < now() - $1 * interval '1 day' AND due_at < now() - $1 * interval '1 day' LIMIT 1000) RETURNING id`,
);
const pruneGuests = statement(
  'prune_guests',
  `DELETE FROM guest_order WHERE order_id IN (SELECT order_id FROM guest_order WHERE created_at < now() - $1 * interval '1 day' LIMIT 1000) RETURNING order_id`,
);

type QueueParts = {
  readonly database: Database;
  /** Called after the commit of something new. */
  readonly onPlanned: () => void;
};

/** Days. */
type Kept = { readonly deliveries: number; readonly guestOrders: number };

/** What is owed, in PostgreSQL; ages and leases are by its clock. `prune` forgets what ended, and whose a guest's order was, that long ago. */
export function pgDeliveryQueue({ database, onPlanned }: QueueParts): DeliveryQueue & { readonly prune: (kept: Kept) => Promise<void> } {
  return {
    plan: async (tx, { eventId, event, orderId, ownerId, isGuest, payload }) => {
      const session = sessionOf(tx);
      const endpoints = await session.query<{ id: string }>(wanting, [ownerId, orderId, event, isGuest && ownerId !== null]);
      if (endpoints.length === 0) return 0;
      const values = [endpoints.map(() => newUuid()), endpoints.map(({ id }) => id), orderId, eventId, event, payload, triedForMs];
      session.afterCommit(onPlanned);
      return (await session.query(plan, values)).length;
    },
    take: (want, places) => database.query<DueDelivery>(take, [...boundsOf(want), places, leaseMs]),
    nextDueMs: async (want) => (await database.query<{ ms: number | null }>(nextDue, boundsOf(want)))[0]?.ms ?? null,
    settle: (due, attempt, outcome) =>
      database.transaction(async (tx) => {
        const session = sessionOf(tx);
        const error = attempt.kind === 'taken' ? null : attempt.because.slice(0, 500);
        const status = { delivered: 'delivered', again: 'pending', 'given-up': 'failed', disable: 'failed' }[outcome.kind];
        const afterMs = outcome.kind === 'again' ? outcome.afterMs : 0;
        await session.query(settle, [due.id, status, attempt.status, error, afterMs]);
        if (outcome.kind === 'delivered') return void (await session.query(recovered, [due.endpointId, recoveryMs, leaseMs, due.url]));
        const because = outcome.kind === 'disable' ? outcome.because : null;
        const [stillThere] = await session.query(failing, [due.endpointId, Math.min(afterMs, longestPauseMs), because, due.url]);
        if (outcome.kind !== 'disable') return;
        if (stillThere) await session.query(giveUpAll, [due.endpointId]);
        else await session.query(putBack, [due.id]);
      }),
    prune: async ({ deliveries, guestOrders }) => {
      while ((await database.query(prune, [deliveries])).length === 1_000);
      while ((await database.query(pruneGuests, [guestOrders])).length === 1_000);
    },
  };
}

const boundsOf = ({ isFit, room: { perOwner, perEndpoint }, atEndpoints, forOwners }: Wanted): readonly unknown[] => [
  isFit,
  perOwner,
  perEndpoint,
  atEndpoints,
  forOwners,
];
