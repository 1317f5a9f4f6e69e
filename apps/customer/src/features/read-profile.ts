import type { CustomerId } from '@tandem/kernel';
import type { Account } from '../domain/account.js';
import type { Profiles } from '../domain/ports.js';

/** The public keys of access tokens, a JWK set. Source: RFC 7517. */
export type KeySet = { readonly keys: readonly Readonly<Record<string, unknown>>[] };

/** Reads accounts, and the keys that verify their tokens. */
export class ReadProfile {
  constructor(
    private readonly profiles: Profiles,
    readonly publicKeys: () => Promise<KeySet>,
  ) {}

  async run(id: CustomerId): Promise<Account | undefined> {
    return this.profiles.find(id);
  }
}
