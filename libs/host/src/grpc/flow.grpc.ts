import { Controller } from '@nestjs/common';
import type { opsV1 } from '@tandem/contracts';
import type { Database, Statement } from '@tandem/kernel';
import { invalidField } from '../refusal.js';
import { Rpc } from './rpc.js';

/** Events that are looked up at once. Source: ops.proto, `ListHandlings`. */
const mostEvents = 200;

/** What was written down of the key `$1`, in its order. */
const ofKey = `(SELECT headers::json->>'ce_id' AS id, headers::json->>'ce_type' AS type, created_at, published_at FROM messaging.outbox WHERE key = $1
  UNION ALL SELECT event_id::text, type, created_at, published_at FROM messaging.published WHERE key = $1 ORDER BY id LIMIT ${mostEvents})`;
const publications: Statement = { name: 'flow_publications', text: ofKey };
/** What the group `$2` has made of the events `$3`, and of its own. One row, so that a service is asked once. */
const handlings: Statement = {
  name: 'flow_handlings',
  text: `WITH own AS MATERIALIZED ${ofKey}, handled AS (
    SELECT e.id, least(i.begun_at, p.first_failed_at) AS begun_at, i.handled_at, i.event_id IS NOT NULL AS is_handled, p.status, coalesce(i.attempts, p.attempts) AS attempts
    FROM (SELECT unnest($3::text[]) AS id UNION SELECT id FROM own) e
    LEFT JOIN messaging.inbox i ON i.grp = $2 AND i.event_id = e.id::uuid LEFT JOIN messaging.parked p ON p.grp = $2 AND p.identity = e.id
    WHERE i.event_id IS NOT NULL OR p.id IS NOT NULL)
  SELECT ARRAY(SELECT to_json(own) FROM own) AS own, ARRAY(SELECT to_json(handled) FROM handled) AS handled`,
};

/** Times as JSON has them. */
type PublicationRow = { readonly id: string; readonly type: string; readonly created_at: string; readonly published_at: string | null };
type HandlingRow = {
  readonly id: string;
  readonly begun_at: string | null;
  readonly handled_at: string | null;
  readonly is_handled: boolean;
  readonly status: string | null;
  readonly attempts: number;
};
type Row = { readonly own: readonly PublicationRow[]; readonly handled: readonly HandlingRow[] };

/** What the flow RPCs of one service stand on; a service without a database takes no part. */
export class FlowSources {
  constructor(
    readonly service: string,
    readonly database: Database | undefined,
  ) {}
}

/** What a service has on record of one key's way through the event log: what it published and what it handled. */
@Controller()
export class FlowGrpc {
  constructor(private readonly sources: FlowSources) {}

  @Rpc('OpsService', 'listPublications', ['staff', 'service'])
  async publications({ key }: opsV1.ListPublicationsRequest): Promise<opsV1.Publications> {
    const rows = (await this.sources.database?.query<PublicationRow>(publications, [key])) ?? [];
    return { publications: rows.map(publicationReply) };
  }

  @Rpc('OpsService', 'listHandlings', ['staff', 'service'])
  async handlings({ eventIds, key }: opsV1.ListHandlingsRequest): Promise<opsV1.Handlings> {
    if (eventIds.length > mostEvents) throw invalidField('/eventIds', 'too-many', `at most ${mostEvents}`);
    const { database, service } = this.sources;
    const [found] = (await database?.query<Row>(handlings, [key, service, [...eventIds]])) ?? [];
    return { handlings: found?.handled.map(handlingReply) ?? [], publications: found?.own.map(publicationReply) ?? [] };
  }
}

function publicationReply({ id, type, created_at: at, published_at: published }: PublicationRow): opsV1.Publication {
  return { eventId: id, type, at: instant(at), ...(published === null ? {} : { publishedAt: instant(published) }) };
}

function handlingReply({ id, begun_at: begun, handled_at: at, is_handled: isHandled, status, attempts }: HandlingRow): opsV1.Handling {
  return {
    eventId: id,
    ...(begun === null ? {} : { begunAt: instant(begun) }),
    ...(at === null ? {} : { at: instant(at) }),
    outcome: isHandled ? 'handled' : (status ?? ''),
    attempts,
  };
}

const instant = (time: string | Date): string => new Date(time).toISOString();
