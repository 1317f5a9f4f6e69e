import { CustomerRegisteredV1 } from '@tandem/contracts';
import { newUuid, toPublicId } from '@tandem/host';
import { type Database, type Now, sessionOf, type Statement } from '@tandem/kernel';
import type { Outbox } from '@tandem/messaging';
import type { AccountKind } from '../domain/account.js';
import type { AccountStore } from '../domain/ports.js';
import { refreshTokenSeconds } from '../domain/session.js';
import { openSession } from './pg-session-store.js';

const addGuest: Statement = {
  name: 'customer_add_guest',
  text: `WITH account AS (INSERT INTO account (id, kind, locale) VALUES ($1, 'guest', $2) RETURNING id),
    session AS (INSERT INTO session (id, account_id, expires_at) SELECT $3, id, now() + make_interval(secs => $5) FROM account RETURNING id, expires_at)
    INSERT INTO refresh_token (hash, session_id, expires_at) SELECT $4, id, expires_at FROM session`,
};
const register: Statement = {
  name: 'customer_register',
  text: `INSERT INTO account (id, kind, email, email_key, name, password_hash, locale) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (email_key) DO NOTHING RETURNING id`,
};
const findByEmail: Statement = {
  name: 'customer_by_email',
  text: 'SELECT id, kind, password_hash AS "passwordHash" FROM account WHERE email_key = $1',
};

type Row = { readonly id: string; readonly kind: AccountKind; readonly passwordHash: string };

export function pgAccountStore(database: Database, outbox: Outbox, now: Now): AccountStore {
  return {
    addGuest: async (locale, refreshHash) => {
      const id = newUuid();
      await database.query(addGuest, [id, locale, newUuid(), refreshHash, refreshTokenSeconds]);
      return { id: toPublicId('customer', id), kind: 'guest' };
    },
    register: (account, refreshHash) =>
      database.transaction(async (tx) => {
        const { kind, email, emailKey, name, passwordHash, locale } = account;
        const [added] = await sessionOf(tx).query<{ id: string }>(register, [newUuid(), kind, email, emailKey, name, passwordHash, locale]);
        if (!added) return undefined;
        const id = toPublicId('customer', added.id);
        if (refreshHash) await openSession(sessionOf(tx), added.id, refreshHash);
        await outbox.enqueue(tx, CustomerRegisteredV1, { customerId: id, email, name, locale, at: now().toISOString() });
        return { id, kind };
      }),
    findByEmail: async (emailKey) => {
      const [row] = await database.query<Row>(findByEmail, [emailKey]);
      return row && { principal: { id: toPublicId('customer', row.id), kind: row.kind }, passwordHash: row.passwordHash };
    },
  };
}
