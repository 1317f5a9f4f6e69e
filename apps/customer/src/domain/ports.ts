import type { CustomerId } from '@tandem/kernel';
import type { Account, Locale, Principal, Registered } from './account.js';
import type { KnownToken, Refreshing } from './session.js';

/** A refresh token of 256 random bits, and the hash that stands for it in the store. */
export type RefreshToken = { readonly token: string; readonly hash: Uint8Array };

/** Makes tokens. */
export type TokenMint = {
  /** A signed access token of a principal, valid for `accessTokenSeconds`. */
  access(principal: Principal): Promise<string>;
  refresh(): RefreshToken;
  hashOf(refreshToken: string): Uint8Array;
};

/** Hashes passwords slowly on purpose. */
export type Passwords = {
  hash(password: string): Promise<string>;
  /** Whether `password` made `hash`. Without a hash it takes the same time and answers no. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
};

export type NewAccount = {
  readonly kind: Registered['kind'];
  readonly email: string;
  readonly emailKey: string;
  readonly passwordHash: string;
  readonly name: string | null;
  readonly locale: Locale;
};

export type AccountStore = {
  /** A new guest and its session, in one statement. */
  addGuest(locale: Locale, refreshHash: Uint8Array): Promise<Principal>;
  /** Account, `customer.registered` and, when a hash is given, a session, in one transaction. `undefined`: the e-mail is taken. */
  register(account: NewAccount, refreshHash?: Uint8Array): Promise<Principal | undefined>;
  findByEmail(emailKey: string): Promise<{ readonly principal: Principal; readonly passwordHash: string } | undefined>;
};

export type SessionStore = {
  open(owner: CustomerId, refreshHash: Uint8Array): Promise<void>;
  /** Locks the token and its session, asks `decide`, and replaces the token, ends the session or does nothing. `undefined`: never heard of. */
  refresh(
    presented: Uint8Array,
    successor: Uint8Array,
    decide: (token: KnownToken) => Refreshing,
  ): Promise<{ readonly refreshing: Refreshing; readonly principal: Principal } | undefined>;
  /** Ends the session of a token; unknown ones change nothing. */
  end(presented: Uint8Array): Promise<void>;
};

/** Counts wrong passwords per e-mail in windows of a minute, by the database's clock. */
export type WrongLogins = {
  /** Wrong tries of the running window, and how long it runs. */
  count(emailKey: string): Promise<{ readonly tries: number; readonly secondsLeft: number }>;
  /** Adds one and answers the new count. */
  add(emailKey: string): Promise<{ readonly tries: number; readonly secondsLeft: number }>;
  forget(emailKey: string): Promise<void>;
};

/** Reads accounts. */
export type Profiles = { find(id: CustomerId): Promise<Account | undefined> };
