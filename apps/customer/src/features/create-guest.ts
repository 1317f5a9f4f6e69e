import type { Locale } from '../domain/account.js';
import type { AccountStore, TokenMint } from '../domain/ports.js';
import type { OpenSession } from './register.js';

/** Gives somebody who does not say who they are an id and a session. */
export class CreateGuest {
  constructor(
    private readonly accounts: AccountStore,
    private readonly mint: TokenMint,
  ) {}

  async run(locale: Locale): Promise<OpenSession> {
    const refresh = this.mint.refresh();
    const principal = await this.accounts.addGuest(locale, refresh.hash);
    return { kind: 'opened', principal, accessToken: await this.mint.access(principal), refreshToken: refresh.token };
  }
}
