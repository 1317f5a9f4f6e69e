import { emailKeyOf } from '../domain/account.js';
import type { AccountStore, Passwords, SessionStore, TokenMint, WrongLogins } from '../domain/ports.js';
import type { OpenSession } from './register.js';

/** Wrong tries that an account takes in a minute. Source: docs/reference/api.md, "Rate limits". */
export const wrongTriesAllowed = 10;

export type LoggingIn =
  OpenSession | { readonly kind: 'invalid-credentials' } | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number };

export type LoginParts = {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly passwords: Passwords;
  readonly mint: TokenMint;
  readonly wrongLogins: WrongLogins;
};

/** Opens a session for an e-mail and its password. An unknown e-mail and a wrong password look and last the same. */
export class Login {
  constructor(private readonly parts: LoginParts) {}

  async run({ email, password }: { readonly email: string; readonly password: string }): Promise<LoggingIn> {
    const { accounts, passwords, wrongLogins } = this.parts;
    const emailKey = emailKeyOf(email);
    const before = await wrongLogins.count(emailKey);
    if (before.tries > wrongTriesAllowed) return { kind: 'rate-limited', retryAfterSeconds: before.secondsLeft };
    const account = await accounts.findByEmail(emailKey);
    const isRight = await passwords.verify(password, account?.passwordHash);
    if (account && isRight) return this.open(account.principal, before.tries > 0 ? emailKey : undefined);
    const after = await wrongLogins.add(emailKey);
    return after.tries > wrongTriesAllowed
      ? { kind: 'rate-limited', retryAfterSeconds: after.secondsLeft }
      : { kind: 'invalid-credentials' };
  }

  private async open(principal: OpenSession['principal'], forgivenKey: string | undefined): Promise<OpenSession> {
    const { sessions, mint, wrongLogins } = this.parts;
    const refresh = mint.refresh();
    await sessions.open(principal.id, refresh.hash);
    if (forgivenKey !== undefined) await wrongLogins.forget(forgivenKey);
    return { kind: 'opened', principal, accessToken: await mint.access(principal), refreshToken: refresh.token };
  }
}
