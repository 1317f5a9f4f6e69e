import { Controller } from '@nestjs/common';
import type { opsV1 } from '@tandem/contracts';
import { type Database, isUuid, type Statement } from '@tandem/kernel';
import { toPublicId } from '../ids.js';
import { invalidField } from '../refusal.js';
import { Rpc } from './rpc.js';

/** Events that are looked up at once. Source: ops.proto, `ListHandlings`. */
const mostEvents = 200;

/** What was written down of the key `$1`. */
const ofKey = `SELECT headers::json->>'ce_id' AS id, headers::json->>'ce_type' AS said, created_at AS "from", published_at AS "to" FROM messaging.outbox WHERE key = $1
  UNION ALL SELECT event_id::text, type, created_at, published_at FROM messaging.published WHERE key = $1`;
const publications: Statement = { name: 'flow_publications', text: `${ofKey} ORDER BY id LIMIT ${mostEvents}` };
/** That, and what the group `$2` has made of it and of the events `$3`: plain look-ups in one statement, so that a service is asked once. */
const records: Statement = {
  name: 'flow_records',
  text: `WITH own AS MATERIALIZED (${ofKey} ORDER BY id LIMIT ${mostEvents}), asked AS MATERIALIZED (SELECT $3::text[] || ARRAY(SELECT id FROM own) AS ids)
    SELECT 'written' AS what, id, said, "from", "to", 0 AS attempts, NULL AS letter, NULL AS reason FROM own
    UNION ALL SELECT 'handled', event_id::text, 'handled', begun_at, handled_at, attempts, NULL, NULL FROM messaging.inbox WHERE grp = $2 AND event_id = ANY ((SELECT ids FROM asked)::uuid[])
    UNION ALL SELECT 'parked', identity, status, first_failed_at, NULL, attempts, id::text, reason FROM messaging.parked WHERE grp = $2 AND identity = ANY ((SELECT ids FROM asked)::text[])`,
};

/** `said`: its type; from being written down to being published. */
type PublicationRow = { readonly id: string; readonly said: string; readonly from: Date; readonly to: Date | null };
/** `said`: what became of it; from its first try until it was settled. */
type HandlingRow = {
  readonly what: 'handled' | 'parked';
  readonly id: string;
  readonly said: string;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly attempts: number;
  /** The dead letter's id, a UUID, and why it failed: of what is or was among them. */
  readonly letter: string | null;
  readonly reason: string | null;
};
type RecordRow = HandlingRow | (PublicationRow & { readonly what: 'written' });

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
    if (!eventIds.every(isUuid)) throw invalidField('/eventIds', 'malformed', 'wants UUIDs');
    const { database, service } = this.sources;
    const rows = (await database?.query<RecordRow>(records, [key, service, [...eventIds]])) ?? [];
    const handlingsOf = (wanted: HandlingRow['what']): readonly (readonly [string, HandlingRow])[] =>
      rows.flatMap((row) => (row.what === wanted ? [[row.id, row] as const] : []));
    const parked = new Map(handlingsOf('parked'));
    const settled = new Map([...parked, ...handlingsOf('handled')]);
    return {
      handlings: [...settled.values()].map((row) => handlingReply(row, parked.get(row.id))),
      publications: rows.flatMap((row) => (row.what === 'written' ? [publicationReply(row)] : [])),
    };
  }
}

function publicationReply({ id, said, from, to }: PublicationRow): opsV1.Publication {
  return { eventId: id, type: said, at: from.toISOString(), ...(to ? { publishedAt: to.toISOString() } : {}) };
}

/** One that was among the dead letters began no later than it failed there. */
function handlingReply({ id, said, from, to, attempts }: HandlingRow, parked: HandlingRow | undefined): opsV1.Handling {
  const begun = [from, parked?.from ?? null].filter((time) => time !== null).sort((a, b) => a.getTime() - b.getTime())[0];
  return {
    eventId: id,
    ...(begun ? { begunAt: begun.toISOString() } : {}),
    ...(to ? { at: to.toISOString() } : {}),
    outcome: said,
    attempts,
    ...(parked?.letter ? { deadLetterId: toPublicId('deadLetter', parked.letter) } : {}),
    ...(parked?.reason ? { reason: parked.reason } : {}),
  };
}
