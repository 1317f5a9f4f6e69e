import { newUuid, toPublicId, uuidOf } from '@tandem/host';
import { type Database, type Session, sessionOf, type Statement } from '@tandem/kernel';
import type { AccountKind } from '../domain/account.js';
import type { SessionStore } from '../domain/ports.js';
import { refreshTokenSeconds } from '../domain/session.js';

const open: Statement = {
  name: 'customer_open_session',
  text: `WITH session AS (INSERT INTO session (id, account_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $4)) RETURNING id, expires_at)
    INSERT INTO refresh_token (hash, session_id, expires_at) SELECT $3, id, expires_at FROM session`,
};
/** Both rows are locked: of two that present one token, the second sees it used. */
const find: Statement = {
  name: 'customer_find_token',
  text: `SELECT t.session_id AS "sessionId", t.used_at IS NOT NULL AS "isUsed", t.expires_at <= now() AS "isExpired", s.ended_at IS NOT NULL AS "sessionEnded", a.id, a.kind
    FROM refresh_token t JOIN session s ON s.id = t.session_id JOIN account a ON a.id = s.account_id WHERE t.hash = $1 FOR UPDATE OF s, t`,
};
const rotate: Statement = {
  name: 'customer_rotate_token',
  text: `WITH used AS (UPDATE refresh_token SET used_at = now() WHERE hash = $1 RETURNING session_id),
    session AS (UPDATE session SET expires_at = now() + make_interval(secs => $3) FROM used WHERE id = session_id RETURNING id, expires_at)
    INSERT INTO refresh_token (hash, session_id, expires_at) SELECT $2, id, expires_at FROM session`,
};
const endById: Statement = { name: 'customer_end_session', text: 'UPDATE session SET ended_at = now() WHERE id = $1 AND ended_at IS NULL' };
const endByToken: Statement = {
  name: 'customer_end_session_of_token',
  text: 'UPDATE session SET ended_at = now() FROM refresh_token t WHERE t.hash = $1 AND session.id = t.session_id AND ended_at IS NULL',
};
const prune: Statement = {
  name: 'customer_prune_sessions',
  text: `WITH gone AS (DELETE FROM wrong_login WHERE window_from < now() - interval '1 hour')
    DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at < now() LIMIT 10000)`,
};

type Row = {
  readonly sessionId: string;
  readonly isUsed: boolean;
  readonly isExpired: boolean;
  readonly sessionEnded: boolean;
  readonly id: string;
  readonly kind: AccountKind;
};

/** A session of an account (UUID) with its first refresh token. */
export async function openSession(session: Session, accountUuid: string, refreshHash: Uint8Array): Promise<void> {
  await session.query(open, [newUuid(), accountUuid, refreshHash, refreshTokenSeconds]);
}

/** Removes sessions whose last token has expired, and windows of wrong tries that are over. */
export async function pruneSessions(database: Database): Promise<void> {
  await database.query(prune);
}

export function pgSessionStore(database: Database): SessionStore {
  return {
    open: (owner, refreshHash) => openSession(database, uuidOf('customer', owner), refreshHash),
    refresh: (presented, successor, decide) =>
      database.transaction(async (tx) => {
        const session = sessionOf(tx);
        const [row] = await session.query<Row>(find, [presented]);
        if (!row) return undefined;
        const refreshing = decide(row);
        if (refreshing.kind === 'rotate') await session.query(rotate, [presented, successor, refreshTokenSeconds]);
        if (refreshing.kind === 'reused') await session.query(endById, [row.sessionId]);
        return { refreshing, principal: { id: toPublicId('customer', row.id), kind: row.kind } };
      }),
    end: async (presented) => void (await database.query(endByToken, [presented])),
  };
}
