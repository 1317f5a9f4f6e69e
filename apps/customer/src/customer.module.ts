import { customerV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { argon2Passwords } from './adapters/argon2-passwords.js';
import { joseTokenMint } from './adapters/jose-token-mint.js';
import { pgAccountStore } from './adapters/pg-account-store.js';
import { pgSessionStore, pruneSessions } from './adapters/pg-session-store.js';
import { pgSigningKeys } from './adapters/pg-signing-keys.js';
import { pgWrongLogins } from './adapters/pg-wrong-logins.js';
import { prismaProfiles } from './adapters/prisma-profiles.js';
import { loadCustomerConfig } from './config.js';
import { AccountsGrpc } from './features/accounts.grpc.js';
import { CreateGuest } from './features/create-guest.js';
import { Login } from './features/login.js';
import { ProfilesGrpc } from './features/profiles.grpc.js';
import { ReadProfile } from './features/read-profile.js';
import { RefreshSession } from './features/refresh-session.js';
import { Register } from './features/register.js';
import { seedDemoAccounts } from './features/seed-demo-accounts.js';
import { SessionsGrpc } from './features/sessions.grpc.js';

const pruneEveryMs = 3_600_000;

/** Accounts, sessions, and the keys that sign access tokens. */
export const customer = defineService({
  name: 'customer',
  config: loadCustomerConfig,
  needs: { database: true, events: true },
  serves: { CustomerService: customerV1.CustomerServiceService },
  compose: (host, config) => {
    const keys = pgSigningKeys(host.database, host.now);
    const mint = joseTokenMint(keys);
    const passwords = argon2Passwords();
    const accounts = pgAccountStore(host.database, host.outbox, host.now);
    const sessions = pgSessionStore(host.database);
    const profiles = prismaProfiles(host.pool);
    const register = new Register(accounts, passwords, mint);
    return {
      controllers: [AccountsGrpc, SessionsGrpc, ProfilesGrpc],
      providers: [
        provide(CreateGuest, new CreateGuest(accounts, mint)),
        provide(Register, register),
        provide(Login, new Login({ accounts, sessions, passwords, mint, wrongLogins: pgWrongLogins(host.database) })),
        provide(RefreshSession, new RefreshSession(sessions, mint)),
        provide(ReadProfile, new ReadProfile(profiles, keys.publicKeys)),
      ],
      background: [
        {
          name: 'demo accounts',
          start: () => (config.seedsDemoAccounts ? seedDemoAccounts(accounts, register) : Promise.resolve()),
          stop: () => Promise.resolve(),
        },
        host.schedules.every({ name: 'forget-sessions', everyMs: pruneEveryMs, work: () => pruneSessions(host.database) }),
      ],
      close: profiles.close,
    };
  },
});
