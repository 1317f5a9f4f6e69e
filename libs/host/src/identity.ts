import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWK, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { ConfigError } from './config.js';

/** Who makes a request from outside. */
export type Principal = { readonly id: string; readonly kind: 'guest' | 'customer' | 'staff' };

/** The algorithm of every token. One, so that none can be confused with another. Source: RFC 8037. */
export const tokenAlgorithm = 'EdDSA';
/** Claims of a shopper's access token. */
export const userAudience = 'tandem';
export const issuer = 'tandem';
const internalAudience = 'tandem-internal';
/** How far two clocks may be apart, seconds: a token is taken for so much longer. Source: docs/reference/api.md, "Auth". */
const leeway = 60;
const serviceTokenSeconds = 300;

/** `expired`: it was one of ours until `at`, and the leeway is over too. `invalid`: it never was, or nobody can tell. */
export type TokenFault = { readonly kind: 'expired'; readonly at: Date } | { readonly kind: 'invalid' | 'keys-unavailable' };

/** Makes and checks tokens. A checked token is remembered until it expires, so a repeat costs a look-up. */
export type Identity = {
  /** The principal of an access token, or why there is none. */
  verifyUser(token: string): Promise<Principal | TokenFault>;
  /** The name of the calling service, or `invalid`. */
  verifyService(token: string): Promise<{ readonly service: string } | TokenFault>;
  /** Who makes a request by a token that was verified before and still counts. Costs a look-up; undefined says nothing about the token. */
  known(token: string): { readonly service: string } | Principal | undefined;
  /** A token for this service's own calls, renewed a minute before it expires. */
  serviceToken(): Promise<string>;
};

/** `signingKey`: an Ed25519 private JWK as JSON in base64url, shared by all services. `fetchJwks` reads customer's public keys. */
export function createIdentity(options: {
  service: string;
  signingKey: string;
  fetchJwks: () => Promise<JSONWebKeySet>;
  now?: () => number;
}): Identity {
  const now = options.now ?? Date.now;
  const key = parseSigningKey(options.signingKey);
  const knownUsers: Known<Principal> = new LRUCache({ max: 20_000 });
  const services: Known<{ readonly service: string }> = new LRUCache({ max: 500 });
  let own: { token: string; renewAt: number } | undefined;
  return {
    verifyUser: userVerifier(options.fetchJwks, { now, known: knownUsers }),
    verifyService: async (token) => {
      const known = services.get(token);
      if (known && known.expiresAt > now()) return known.who;
      try {
        const { payload } = await jwtVerify(token, key.public, {
          algorithms: [tokenAlgorithm],
          issuer,
          audience: internalAudience,
          clockTolerance: leeway,
          currentDate: new Date(now()),
        });
        const who = { service: String(payload.sub) };
        services.set(token, { who, expiresAt: endOf(payload.exp) });
        return who;
      } catch (error) {
        return faultOf(error);
      }
    },
    known: (token) => {
      const known = services.get(token) ?? knownUsers.get(token);
      return known && known.expiresAt > now() ? known.who : undefined;
    },
    serviceToken: async () => {
      if (own && own.renewAt > now()) return own.token;
      const token = await new SignJWT({})
        .setProtectedHeader({ alg: tokenAlgorithm, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(internalAudience)
        .setSubject(options.service)
        .setIssuedAt(new Date(now()))
        .setExpirationTime(new Date(now() + serviceTokenSeconds * 1000))
        .sign(key.private);
      own = { token, renewAt: now() + (serviceTokenSeconds - 60) * 1000 };
      return token;
    },
  };
}

/** Tokens that were verified, and until when they count. */
type Known<Who> = LRUCache<string, { readonly who: Who; readonly expiresAt: number }>;

function userVerifier(
  fetchJwks: () => Promise<JSONWebKeySet>,
  { now, known }: { readonly now: () => number; readonly known: Known<Principal> },
): Identity['verifyUser'] {
  const keys = createKeys(fetchJwks, now);
  const verify = async (token: string, set: KeySet): Promise<Principal> => {
    const { payload } = await jwtVerify(token, set, {
      algorithms: [tokenAlgorithm],
      issuer,
      audience: userAudience,
      typ: 'at+jwt',
      clockTolerance: leeway,
      currentDate: new Date(now()),
      requiredClaims: ['sub', 'exp', 'kind'],
    });
    const principal: Principal = { id: String(payload.sub), kind: payload['kind'] as Principal['kind'] };
    known.set(token, { who: principal, expiresAt: endOf(payload.exp) });
    return principal;
  };
  return async (token) => {
    const hit = known.get(token);
    if (hit) return hit.expiresAt > now() ? hit.who : { kind: 'expired', at: new Date(hit.expiresAt - leeway * 1000) };
    try {
      const set = await keys.last();
      return await verify(token, set).catch(async (error: unknown) => {
        // A key we have not seen: customer may have rotated.
        const newer = error instanceof errors.JWKSNoMatchingKey ? await keys.newer(set) : undefined;
        if (!newer) throw error;
        return verify(token, newer);
      });
    } catch (error) {
      return faultOf(error);
    }
  };
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** At most one look at customer's keys in this time, or a forged `kid` would be a load on customer. Milliseconds. */
const betweenLooksMs = 1_000;

/** Customer's public keys, kept for when customer is away. Callers at one time share a look. */
function createKeys(fetchJwks: () => Promise<JSONWebKeySet>, now: () => number) {
  let set: KeySet | undefined;
  let looking: Promise<KeySet> | undefined;
  let lookedAt = -Infinity;
  const look = (): Promise<KeySet> => {
    lookedAt = now();
    looking = fetchJwks()
      .then((jwks) => (set = createLocalJWKSet(jwks)))
      .finally(() => (looking = undefined));
    return looking;
  };
  return {
    /** The keys as they were last seen; rejects when they were never seen. */
    last: async (): Promise<KeySet> => set ?? looking ?? look(),
    /** Keys seen later than `seen`; undefined when customer was asked just now. */
    newer: async (seen: KeySet): Promise<KeySet | undefined> => {
      if (looking) return looking;
      if (set !== seen) return set;
      return now() - lookedAt < betweenLooksMs ? undefined : look();
    },
  };
}

/** Until when a token counts, milliseconds. */
function endOf(exp: number | undefined): number {
  return ((exp ?? 0) + leeway) * 1000;
}

/** Says whether a token was looked at and refused, or could not be looked at. The expiry is the last that is looked at, so all else of it is right. */
function faultOf(error: unknown): TokenFault {
  if (error instanceof errors.JWTExpired && error.claim === 'exp' && error.reason === 'check_failed')
    return { kind: 'expired', at: new Date((error.payload.exp ?? 0) * 1000) };
  return { kind: error instanceof errors.JOSEError ? 'invalid' : 'keys-unavailable' };
}

function parseSigningKey(text: string): { private: KeyObject; public: KeyObject } {
  try {
    const jwk = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as JWK;
    const key = createPrivateKey({ key: jwk as never, format: 'jwk' });
    return { private: key, public: createPublicKey(key) };
  } catch (cause) {
    throw new ConfigError(
      'The configuration is not valid:\n  SERVICE_SIGNING_KEY: got (a value that is not shown), wants an Ed25519 private key as JWK in base64url',
      { cause },
    );
  }
}
