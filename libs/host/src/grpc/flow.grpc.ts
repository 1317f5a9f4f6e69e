import { Controller } from '@nestjs/common';
import type { opsV1 } from '@tandem/contracts';
import type { Database, Statement } from '@tandem/kernel';
import { invalidField } from '../refusal.js';
import { Rpc } from './rpc.js';

/** Events that are looked up at once. Source: ops.proto, `ListHandlings`. */
const mostEvents = 200;

const publications: Statement = {
  name: 'flow_publications',
  text: `SELECT headers::json->>'ce_id' AS id, headers::json->>'ce_type' AS type, created_at, published_at FROM messaging.outbox WHERE key = $1 ORDER BY id LIMIT ${mostEvents}`,
};
const handlings: Statement = {
  name: 'flow_handlings',
  text: `SELECT e.id, least(i.begun_at, p.first_failed_at) AS begun_at, i.handled_at, i.event_id IS NOT NULL AS is_handled, p.status, coalesce(i.attempts, p.attempts) AS attempts FROM unnest($2::text[]) AS e (id)
    LEFT JOIN messaging.inbox i ON i.grp = $1 AND i.event_id = e.id::uuid LEFT JOIN messaging.parked p ON p.grp = $1 AND p.identity = e.id
    WHERE i.event_id IS NOT NULL OR p.id IS NOT NULL`,
};

type PublicationRow = { readonly id: string; readonly type: string; readonly created_at: Date; readonly published_at: Date | null };
type HandlingRow = {
  readonly id: string;
  readonly begun_at: Date | null;
  readonly handled_at: Date | null;
  readonly is_handled: boolean;
  readonly status: string | null;
  readonly attempts: number;
};

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
    return {
      publications: rows.map(({ id, type, created_at: at, published_at: published }) => ({
        eventId: id,
        type,
        at: at.toISOString(),
        ...(published ? { publishedAt: published.toISOString() } : {}),
      })),
    };
  }

  @Rpc('OpsService', 'listHandlings', ['staff', 'service'])
  async handlings({ eventIds }: opsV1.ListHandlingsRequest): Promise<opsV1.Handlings> {
    if (eventIds.length > mostEvents) throw invalidField('/eventIds', 'too-many', `at most ${mostEvents}`);
    const { database, service } = this.sources;
    const rows = (await database?.query<HandlingRow>(handlings, [service, [...eventIds]])) ?? [];
    return {
      handlings: rows.map(({ id, begun_at: begun, handled_at: at, is_handled: isHandled, status, attempts }) => ({
        eventId: id,
        ...(begun ? { begunAt: begun.toISOString() } : {}),
        ...(at ? { at: at.toISOString() } : {}),
        outcome: isHandled ? 'handled' : (status ?? ''),
        attempts,
      })),
    };
  }
}
