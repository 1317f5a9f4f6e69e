import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import { triedForMs } from '../domain/delivery.js';
import { mostEndpoints, rotationHours } from '../domain/endpoint.js';
import type { Endpoints } from '../domain/ports.js';
import { deliveryColumns, deliveryFrom, type DeliveryRow, endpointColumns, endpointFrom, type EndpointRow } from './endpoint-rows.js';

const statement = (name: string, text: string): Statement => ({ name: `webhook_${name}`, text });

const lockOwner = statement('lock_owner', 'SELECT pg_advisory_xact_lock(hashtextextended($1::text, 7403))');
const create = statement(
  'create',
  `INSERT INTO endpoint (id, owner_id, url, events, secret, is_proven) SELECT $1, $2::uuid, $3, $4::text[], $5, false
  WHERE (SELECT count(*) FROM endpoint WHERE owner_id = $2::uuid) < $6 RETURNING ${endpointColumns}`,
);
const ofOwner = statement(
  'of_owner',
  `SELECT ${endpointColumns} FROM endpoint WHERE owner_id = $1 AND ($2::bigint IS NULL OR sequence < $2) ORDER BY sequence DESC LIMIT $3`,
);
const find = statement('find', `SELECT ${endpointColumns} FROM endpoint WHERE owner_id = $1 AND id = $2`);
/** One that fails begins anew: it is tried at once and for three days from now, but counts as failing until it takes something. An address that is new has proven nothing. */
const update = statement(
  'update',
  `UPDATE endpoint SET url = coalesce($3, url), is_proven = is_proven AND url = coalesce($3, url), events = coalesce($4::text[], events),
    disabled_why = CASE $5::boolean WHEN true THEN NULL WHEN false THEN 'by-owner' ELSE disabled_why END,
    failing_since = CASE WHEN failing_since IS NOT NULL AND ($5 OR $3 IS NOT NULL) THEN now() ELSE failing_since END, retry_at = CASE WHEN $5 OR $3 IS NOT NULL THEN NULL ELSE retry_at END
  WHERE owner_id = $1 AND id = $2 RETURNING ${endpointColumns}`,
);
const remove = statement('delete', 'DELETE FROM endpoint WHERE owner_id = $1 AND id = $2 RETURNING id');
const rotate = statement(
  'rotate',
  `UPDATE endpoint SET previous_secret = secret, previous_until = now() + $4 * interval '1 hour', secret = $3
  WHERE owner_id = $1 AND id = $2 RETURNING ${endpointColumns}`,
);
const deliveries = statement(
  'deliveries',
  `SELECT ${deliveryColumns} FROM delivery WHERE endpoint_id = $1 AND ($2::bigint IS NULL OR sequence < $2) ORDER BY sequence DESC LIMIT $3`,
);
const resend = statement(
  'resend',
  `WITH again AS (UPDATE delivery SET is_resend = is_resend OR status <> 'pending', status = 'pending', due_at = now(), expires_at = now() + $3 * interval '1 ms'
    WHERE endpoint_id = $1 AND id = $2 RETURNING *),
    soon AS (UPDATE endpoint e SET retry_at = NULL FROM again WHERE e.id = again.endpoint_id)
  SELECT ${deliveryColumns} FROM again`,
);

/** Endpoints in PostgreSQL. */
export function pgEndpoints(database: Database): Endpoints {
  const one = async (rows: Promise<readonly EndpointRow[]>) => {
    const [row] = await rows;
    return row && endpointFrom(row);
  };
  return {
    create: async (tx, { id, ownerId, url, events, secret }) => {
      await sessionOf(tx).query(lockOwner, [ownerId]); // so that two at once do not both take the last place
      return one(sessionOf(tx).query<EndpointRow>(create, [id, ownerId, url, events, secret, mostEndpoints]));
    },
    ofOwner: async (ownerId, before, limit) => (await database.query<EndpointRow>(ofOwner, [ownerId, before, limit])).map(endpointFrom),
    find: (ownerId, id) => one(database.query<EndpointRow>(find, [ownerId, id])),
    update: (ownerId, id, { url, events, isEnabled }) =>
      one(database.query<EndpointRow>(update, [ownerId, id, url ?? null, events ?? null, isEnabled ?? null])),
    delete: async (ownerId, id) => (await database.query(remove, [ownerId, id])).length > 0,
    rotate: (tx, ownerId, { id, secret }) => one(sessionOf(tx).query<EndpointRow>(rotate, [ownerId, id, secret, rotationHours])),
    deliveries: async (endpointId, before, limit) =>
      (await database.query<DeliveryRow>(deliveries, [endpointId, before, limit])).map(deliveryFrom),
    resend: async (tx, endpointId, id) => {
      const [row] = await sessionOf(tx).query<DeliveryRow>(resend, [endpointId, id, triedForMs]);
      return row && deliveryFrom(row);
    },
  };
}
