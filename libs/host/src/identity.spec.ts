import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { createIdentity, issuer, userAudience } from './identity.js';
import { aSigningKey } from './testing/index.js';

const signingKey = aSigningKey();
const start = Date.parse('2026-01-02T03:04:05Z');
const ada = { id: 'cus_ada', kind: 'customer' } as const;
const invalid = { kind: 'invalid' };

/** Customer with its keys, and a service that asks it. */
async function setUp() {
  const keys = new Map([
    ['k1', await generateKeyPair('EdDSA')],
    ['k2', await generateKeyPair('EdDSA')],
  ]);
  const published = ['k1'];
  const state = { now: start, looks: 0, isAway: false };
  const fetchJwks = async (): Promise<JSONWebKeySet> => {
    state.looks += 1;
    if (state.isAway) throw new Error('customer is away');
    return {
      keys: await Promise.all(
        published.map(async (kid) => ({ ...(await exportJWK(keys.get(kid)?.publicKey as never)), kid, alg: 'EdDSA' })),
      ),
    };
  };
  const identityOf = (service: string, key = signingKey) => createIdentity({ service, signingKey: key, fetchJwks, now: () => state.now });
  const token = (
    changes: { kid?: string; claims?: object; typ?: string; audience?: string; issuer?: string; secondsLeft?: number } = {},
  ) => {
    const { kid = 'k1', claims = { kind: 'customer' }, typ = 'at+jwt', audience = userAudience, secondsLeft = 600 } = changes;
    const jwt = new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid, typ })
      .setSubject(ada.id)
      .setAudience(audience)
      .setIssuer(changes.issuer ?? issuer);
    return jwt.setExpirationTime(Math.floor(state.now / 1000) + secondsLeft).sign((keys.get(kid) ?? keys.get('k2'))?.privateKey as never);
  };
  return { state, published, identityOf, identity: identityOf('order'), token };
}

/** A token with another header and payload, unsigned or with the signature it had. */
function forged(token: string, header: object, payload: object = {}): string {
  const [, body = '', signature = ''] = token.split('.');
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode(header)}.${encode({ ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), ...payload })}.${signature}`;
}

describe('an access token', () => {
  it('names its principal; a repeat costs no look at the keys', async () => {
    const { identity, token, state } = await setUp();
    const own = await token();
    expect([
      await identity.verifyUser(own),
      await identity.verifyUser(own),
      await identity.verifyUser(await token({ secondsLeft: 300 })),
    ]).toEqual([ada, ada, ada]);
    expect(state.looks).toBe(1);
  });

  it('is refused without a signature, with another algorithm, type, audience or issuer, changed, incomplete, or no token at all', async () => {
    const { identity, token } = await setUp();
    const own = await token();
    const bad = [
      `${forged(own, { alg: 'none', typ: 'at+jwt' }).split('.').slice(0, 2).join('.')}.`,
      forged(own, { alg: 'HS256', typ: 'at+jwt', kid: 'k1' }),
      forged(own, { alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' }, { kind: 'staff' }),
      await token({ typ: 'JWT' }),
      await token({ audience: 'tandem-internal' }),
      await token({ issuer: 'somebody' }),
      await token({ claims: {} }),
      'nonsense',
      '',
    ];
    expect(await Promise.all(bad.map((text) => identity.verifyUser(text)))).toEqual(bad.map(() => invalid));
  });

  it('ends when it expires, with a minute for clocks that differ, also one that was seen before', async () => {
    const { identity, token, state } = await setUp();
    const own = await token({ secondsLeft: 10 });
    const verified: unknown[] = [await identity.verifyUser(own)];
    for (const seconds of [69, 71]) {
      state.now = start + seconds * 1000;
      verified.push(await identity.verifyUser(own));
    }
    expect(verified).toEqual([ada, ada, { kind: 'expired', at: new Date(start + 10_000) }]);
    const late = { kind: 'expired', at: new Date(state.now - 61_000) };
    expect(await identity.verifyUser(await token({ secondsLeft: -61 }))).toEqual(late);
    expect(await identity.verifyUser(await token({ secondsLeft: -61, issuer: 'somebody' }))).toEqual(invalid);
  });

  it('of a key nobody has seen is looked up at most once a second, however many come', async () => {
    const { identity, token, state } = await setUp();
    await identity.verifyUser(await token());
    const strangers = await Promise.all(Array.from({ length: 20 }, (_, n) => token({ kid: `x${n}` })));
    const all = () => Promise.all(strangers.map((text) => identity.verifyUser(text)));
    expect([await all(), state.looks]).toEqual([strangers.map(() => invalid), 1]);
    state.now += 1_000;
    expect([await all(), await all(), state.looks]).toEqual([strangers.map(() => invalid), strangers.map(() => invalid), 2]);
  });

  it('of a new key of customer is taken a second later', async () => {
    const { identity, token, published, state } = await setUp();
    await identity.verifyUser(await token());
    published.push('k2');
    state.now += 1_000;
    expect(await identity.verifyUser(await token({ kid: 'k2' }))).toEqual(ada);
  });

  it('is still taken while customer is away, once its keys were seen; before, it cannot be looked at', async () => {
    const { identity, identityOf, token, state } = await setUp();
    await identity.verifyUser(await token());
    state.isAway = true;
    expect(await identity.verifyUser(await token({ secondsLeft: 300 }))).toEqual(ada);
    const fresh = identityOf('cart');
    expect(await fresh.verifyUser(await token())).toEqual({ kind: 'keys-unavailable' });
    state.isAway = false;
    expect(await fresh.verifyUser(await token())).toEqual(ada);
  });

  it('makes callers at one time share the first look', async () => {
    const { identity, token, state } = await setUp();
    const tokens = await Promise.all([1, 2, 3].map((n) => token({ secondsLeft: 600 + n })));
    expect([await Promise.all(tokens.map((text) => identity.verifyUser(text))), state.looks]).toEqual([[ada, ada, ada], 1]);
  });
});

describe("a service's token", () => {
  it('names the service, and is made anew before it expires', async () => {
    const { identity, identityOf, state } = await setUp();
    const first = await identity.serviceToken();
    expect([await identityOf('cart').verifyService(first), await identity.serviceToken()]).toEqual([{ service: 'order' }, first]);
    state.now += 241_000;
    const second = await identity.serviceToken();
    expect([second === first, await identityOf('cart').verifyService(second)]).toEqual([false, { service: 'order' }]);
  });

  it('is refused of another shop, and after its five minutes and one for clocks', async () => {
    const { identity, identityOf, state } = await setUp();
    const foreign = await identityOf('order', aSigningKey()).serviceToken();
    const own = await identity.serviceToken();
    expect([await identity.verifyService(foreign), await identity.verifyService(own)]).toEqual([invalid, { service: 'order' }]);
    state.now += 361_000;
    expect(await identity.verifyService(own)).toMatchObject({ kind: 'expired' });
  });

  it("is nobody's access token, and an access token is no service's", async () => {
    const { identity, token } = await setUp();
    expect([
      await identity.verifyUser(await identity.serviceToken()),
      await identity.verifyService(await token()),
      await identity.verifyService(await token({ audience: 'tandem-internal' })),
    ]).toEqual([invalid, invalid, invalid]);
  });
});

it('a token is known from its verification on until it expires; what was refused never is', async () => {
  const { identity, identityOf, state, token } = await setUp();
  const [ofAda, ofOrder, wrong] = [await token(), await identityOf('order').serviceToken(), await token({ issuer: 'somebody' })];
  const known = () => [ofAda, ofOrder, wrong].map((text) => identity.known(text));
  expect(known()).toEqual([undefined, undefined, undefined]);
  await Promise.all([identity.verifyUser(ofAda), identity.verifyService(ofOrder), identity.verifyUser(wrong)]);
  expect(known()).toEqual([ada, { service: 'order' }, undefined]);
  state.now += 661_000;
  expect(known()).toEqual([undefined, undefined, undefined]);
});

it('a signing key that is none is refused by name', () => {
  expect(() =>
    createIdentity({ service: 'order', signingKey: 'bm9uc2Vuc2U', fetchJwks: () => Promise.reject(new Error('never asked')) }),
  ).toThrow('SERVICE_SIGNING_KEY');
});
