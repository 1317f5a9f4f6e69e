import type { SessionStore, TokenMint } from '../domain/ports.js';
import { refresh } from '../domain/session.js';
import type { OpenSession } from './register.js';

/** Replaces a refresh token by a new pair. A token that was replaced before ends its whole family. */
export class RefreshSession {
  constructor(
    private readonly sessions: SessionStore,
    private readonly mint: TokenMint,
  ) {}

  async run(refreshToken: string): Promise<OpenSession | { readonly kind: 'refused' }> {
    const next = this.mint.refresh();
    const outcome = await this.sessions.refresh(this.mint.hashOf(refreshToken), next.hash, refresh);
    if (outcome?.refreshing.kind !== 'rotate') return { kind: 'refused' };
    return {
      kind: 'opened',
      principal: outcome.principal,
      accessToken: await this.mint.access(outcome.principal),
      refreshToken: next.token,
    };
  }

  /** Ends the session the token belongs to. Asking again changes nothing. */
  async end(refreshToken: string): Promise<void> {
    await this.sessions.end(this.mint.hashOf(refreshToken));
  }
}
