import type { Locale, Principal, Registered } from '../domain/account.js';
import { emailKeyOf } from '../domain/account.js';
import type { AccountStore, Passwords, TokenMint } from '../domain/ports.js';

export type RegisterCommand = { readonly email: string; readonly password: string; readonly name: string | null; readonly locale: Locale };

/** A principal with its pair of tokens. */
export type OpenSession = {
  readonly kind: 'opened';
  readonly principal: Principal;
  readonly accessToken: string;
  readonly refreshToken: string;
};
export type Registration = OpenSession | { readonly kind: 'email-taken' };

/** Opens an account and its first session. */
export class Register {
  constructor(
    private readonly accounts: AccountStore,
    private readonly passwords: Passwords,
    private readonly mint: TokenMint,
  ) {}

  async run({ email, password, name, locale }: RegisterCommand, kind: Registered['kind'] = 'customer'): Promise<Registration> {
    const refresh = this.mint.refresh();
    const passwordHash = await this.passwords.hash(password);
    const principal = await this.accounts.register({ kind, email, emailKey: emailKeyOf(email), passwordHash, name, locale }, refresh.hash);
    if (!principal) return { kind: 'email-taken' };
    return { kind: 'opened', principal, accessToken: await this.mint.access(principal), refreshToken: refresh.token };
  }
}
