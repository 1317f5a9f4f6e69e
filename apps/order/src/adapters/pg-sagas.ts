import { badCursor, newUuid, toPublicId, uuidOf } from '@tandem/host';
import { type Database, sessionOf } from '@tandem/kernel';
import type { TimelineEntry } from '../domain/checkout.js';
import type { Saga, SagaAction, SagaStore } from '../domain/sagas.js';
import * as statements from './saga-statements.js';

type Row = {
  readonly order_id: string;
  readonly kind: Saga['kind'];
  readonly state: Saga['state'];
  readonly age_ms: number;
  readonly owner: string | null;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly due_at: Date;
  readonly order_status: string | null;
  readonly created_at: string;
  readonly id: string;
};

type JourneyRow = {
  readonly timeline: readonly TimelineEntry[];
  readonly lines: readonly { readonly type: string; readonly at: string; readonly eventId: string | null }[];
};

/** Sagas in PostgreSQL. `onSteered` is called after the commit of a transaction that made something due. */
export function pgSagas(database: Database, onSteered: () => void): SagaStore {
  return {
    list: async (after, limit) => {
      const rows = await database.query<Row>(statements.list, [...positionOf(after), limit + 1]);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        sagas: shown.map(sagaFrom),
        next: rows.length > limit && last ? JSON.stringify([last.created_at, last.id, last.kind]) : null,
      };
    },
    find: async (orderId, tx) => {
      const id = uuidOf('order', orderId);
      const session = tx ? sessionOf(tx) : database;
      const [sagas, [order], actions] = await Promise.all([
        session.query<Row>(statements.ofOrder, [id]),
        session.query<{ timeline: readonly TimelineEntry[] }>(statements.timeline, [id]),
        session.query<SagaAction>(statements.actions, [id]),
      ]);
      if (sagas.length === 0 && !order) return undefined;
      return { orderId, sagas: sagas.map(sagaFrom), timeline: (order?.timeline ?? []).map(inWords), actions };
    },
    journey: async (orderId) => {
      const [found] = await database.query<JourneyRow>(statements.journey, [uuidOf('order', orderId)]);
      return found && { timeline: found.timeline.map(inWords), lines: found.lines.map((line) => ({ ...line, at: new Date(line.at) })) };
    },
    retry: async (tx, orderId) => {
      sessionOf(tx).afterCommit(onSteered);
      const id = uuidOf('order', orderId);
      await sessionOf(tx).query(statements.lockCheckout, [id]);
      await sessionOf(tx).query(statements.lockOrder, [id]);
      return steeredOf(await sessionOf(tx).query<{ steered: number }>(statements.retry, [id]));
    },
    cancel: async (tx, orderId, ending) => {
      sessionOf(tx).afterCommit(onSteered);
      return steeredOf(await sessionOf(tx).query<{ steered: number }>(statements.cancel, [uuidOf('order', orderId), ending]));
    },
    note: async (tx, action, { orderId, actor, reason }) =>
      void (await sessionOf(tx).query(statements.note, [newUuid(), uuidOf('order', orderId), action, actor, reason])),
  };
}

/** Where a call failed, rows of earlier releases have the name of the error's class (node-postgres's is `error`). */
function inWords(entry: TimelineEntry): TimelineEntry {
  if (entry.result === 'Refusal') return { ...entry, result: 'refused' };
  return /^(error|[A-Z]\w*)$/.test(entry.result) ? { ...entry, result: 'failed' } : entry;
}

function steeredOf([row]: readonly { steered: number }[]): number {
  return row?.steered ?? 0;
}

function sagaFrom(row: Row): Saga {
  return {
    orderId: toPublicId('order', row.order_id),
    kind: row.kind,
    state: row.state,
    ageMs: Math.max(0, Math.round(row.age_ms)),
    owner: row.owner,
    attempts: row.attempts,
    lastError: row.last_error,
    dueAt: row.due_at,
    orderStatus: row.order_status,
  };
}

/** The position behind a cursor. Throws `bad-cursor` for one that is not ours. */
function positionOf(after: string | null): readonly (string | null)[] {
  if (after === null) return [null, null, null];
  const fits = /^\["([0-9 :.+-]{10,40})","([0-9a-f-]{36})","(checkout|release|cancel|refund)"\]$/.exec(after);
  if (!fits || Number.isNaN(Date.parse((fits[1] ?? '').replace(/([+-]\d\d)$/, '$1:00')))) throw badCursor();
  return [fits[1] ?? '', fits[2] ?? '', fits[3] ?? ''];
}
