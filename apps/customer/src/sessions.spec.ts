import { createOutbox } from '@tandem/messaging';
import { newUuid } from '@tandem/host';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { argon2Passwords } from './adapters/argon2-passwords.js';
import { joseTokenMint } from './adapters/jose-token-mint.js';
import { pgAccountStore } from './adapters/pg-account-store.js';
import { pgSessionStore, pruneSessions } from './adapters/pg-session-store.js';
import { pgSigningKeys } from './adapters/pg-signing-keys.js';
import { pgWrongLogins } from './adapters/pg-wrong-logins.js';
import { prismaProfiles } from './adapters/prisma-profiles.js';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { CreateGuest } from './features/create-guest.js';
import { Login } from './features/login.js';
import { type OpenSession, Register } from './features/register.js';
import { RefreshSession } from './features/refresh-session.js';
import { seedDemoAccounts } from './features/seed-demo-accounts.js';

let spec: SpecDatabase;
let parts: ReturnType<typeof compose>;

function compose({ database, pool }: SpecDatabase) {
  const now = () => new Date();
  const outbox = createOutbox({ service: 'customer', newId: newUuid, wake: () => undefined, validate: true });
  const [accounts, sessions, passwords, keys] = [
    pgAccountStore(database, outbox, now),
    pgSessionStore(database),
    argon2Passwords(),
    pgSigningKeys(database, now),
  ];
  const mint = joseTokenMint(keys);
  return {
    accounts,
    sessions,
    keys,
    profiles: prismaProfiles(pool),
    register: new Register(accounts, passwords, mint),
    createGuest: new CreateGuest(accounts, mint),
    refreshSession: new RefreshSession(sessions, mint),
    login: new Login({ accounts, sessions, passwords, mint, wrongLogins: pgWrongLogins(database) }),
  };
}

const ada = { email: 'Ada@Example.org', password: 'correct horse', name: 'Ada', locale: 'de' } as const;
const opened = (outcome: { kind: string }): OpenSession => {
  expect(outcome.kind).toBe('opened');
  return outcome as OpenSession;
};

beforeAll(async () => {
  spec = await createSpecDatabase('customer');
  parts = compose(spec);
});
afterAll(async () => {
  await parts.profiles.close();
  await spec.drop();
});

describe('accounts', () => {
  it('opens an account once per e-mail, in any case, and publishes it', async () => {
    const { principal } = opened(await parts.register.run(ada));
    expect(await parts.register.run({ ...ada, email: 'ADA@example.ORG' })).toEqual({ kind: 'email-taken' });
    expect(await parts.profiles.find(principal.id)).toEqual({
      id: principal.id,
      kind: 'customer',
      email: ada.email,
      name: 'Ada',
      locale: 'de',
    });
    const { rows } = await spec.pool.query('SELECT topic, key FROM messaging.outbox');
    expect(rows).toEqual([{ topic: 'customer', key: principal.id }]);
  });

  it('gives a guest a profile without an e-mail', async () => {
    const { principal } = await parts.createGuest.run('fr');
    expect(await parts.profiles.find(principal.id)).toEqual({ id: principal.id, kind: 'guest', email: null, name: null, locale: 'fr' });
  });

  it('signs access tokens that the published keys verify', async () => {
    const { accessToken, principal } = await parts.createGuest.run('en');
    const keys = await parts.keys.publicKeys();
    const { payload, protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet(keys as never), {
      algorithms: ['EdDSA'],
      issuer: 'tandem',
      audience: 'tandem',
      typ: 'at+jwt',
    });
    expect({ sub: payload.sub, kind: payload['kind'], seconds: (payload.exp ?? 0) - (payload.iat ?? 0), kid: protectedHeader.kid }).toEqual(
      { sub: principal.id, kind: 'guest', seconds: 600, kid: keys.keys[0]?.['kid'] },
    );
    expect(Object.keys(keys.keys[0] ?? {})).not.toContain('d');
  });

  it('makes one signing key however many ask first', async () => {
    const asked = await Promise.all([1, 2, 3].map(() => pgSigningKeys(spec.database, () => new Date()).publicKeys()));
    expect(new Set(asked.map((set) => set.keys.length))).toEqual(new Set([1]));
  });

  it('seeds the demo accounts once', async () => {
    await seedDemoAccounts(parts.accounts, parts.register);
    await seedDemoAccounts(parts.accounts, parts.register);
    expect(opened(await parts.login.run({ email: 'staff@tandem.example', password: 'tandem-staff-demo' })).principal.kind).toBe('staff');
    const { rows } = await spec.pool.query(`SELECT count(*)::int AS n FROM account WHERE email_key LIKE '%@tandem.example'`);
    expect(rows).toEqual([{ n: 2 }]);
  });
});

describe('logging in', () => {
  it('answers the same for a wrong password and an unknown e-mail', async () => {
    expect(await parts.login.run({ email: ada.email, password: 'wrong horse' })).toEqual({ kind: 'invalid-credentials' });
    expect(await parts.login.run({ email: 'nobody@example.org', password: 'wrong horse' })).toEqual({ kind: 'invalid-credentials' });
  });

  it('forgets wrong tries after a right one', async () => {
    opened(await parts.login.run({ email: 'aDA@example.org', password: ada.password }));
    const { rows } = await spec.pool.query(`SELECT * FROM wrong_login WHERE email_key = 'ada@example.org'`);
    expect(rows).toEqual([]);
  });

  it('takes ten wrong tries a minute, known account or not, and refuses the eleventh', async () => {
    for (let tries = 0; tries < 10; tries += 1)
      expect(await parts.login.run({ email: 'eve@example.org', password: 'guess no. one' })).toEqual({ kind: 'invalid-credentials' });
    const eleventh = await parts.login.run({ email: 'eve@example.org', password: 'guess no. one' });
    expect(eleventh).toEqual({ kind: 'rate-limited', retryAfterSeconds: expect.any(Number) });
    await spec.pool.query(`UPDATE wrong_login SET window_from = now() - interval '61 seconds'`);
    expect(await parts.login.run({ email: 'eve@example.org', password: 'guess no. one' })).toEqual({ kind: 'invalid-credentials' });
  });
});

describe('refresh tokens', () => {
  it('are replaced on use; using one twice ends the family', async () => {
    const first = await parts.createGuest.run('en');
    const second = opened(await parts.refreshSession.run(first.refreshToken));
    expect(second.principal).toEqual(first.principal);
    const third = opened(await parts.refreshSession.run(second.refreshToken));
    expect(await parts.refreshSession.run(first.refreshToken)).toEqual({ kind: 'refused' });
    expect(await parts.refreshSession.run(third.refreshToken)).toEqual({ kind: 'refused' });
  });

  it('are used once when two present one at the same moment', async () => {
    const { refreshToken } = await parts.createGuest.run('en');
    const outcomes = await Promise.all([parts.refreshSession.run(refreshToken), parts.refreshSession.run(refreshToken)]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['opened', 'refused']);
  });

  it('end with a logout, and are never heard of when made up', async () => {
    const { refreshToken } = await parts.createGuest.run('en');
    await parts.refreshSession.end(refreshToken);
    await parts.refreshSession.end('made up');
    expect(await parts.refreshSession.run(refreshToken)).toEqual({ kind: 'refused' });
    expect(await parts.refreshSession.run('made up')).toEqual({ kind: 'refused' });
  });

  it('are removed with their session once expired', async () => {
    const { refreshToken } = await parts.createGuest.run('en');
    await spec.pool.query("UPDATE session SET expires_at = now() - interval '1 second'");
    await pruneSessions(spec.database);
    expect(await parts.refreshSession.run(refreshToken)).toEqual({ kind: 'refused' });
    expect((await spec.pool.query('SELECT count(*)::int AS n FROM refresh_token')).rows).toEqual([{ n: 0 }]);
  });
});
