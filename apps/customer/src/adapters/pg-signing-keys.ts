import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type Database, type Now, sessionOf, type Statement } from '@tandem/kernel';
import { tokenAlgorithm } from '@tandem/host';
import { calculateJwkThumbprint, type JWK } from 'jose';

/** How long a key is believed before the table is looked at again; a rotation is a new row. */
const freshForMs = 30_000;

const live: Statement = {
  name: 'customer_signing_keys',
  text: 'SELECT id, private_jwk AS "privateJwk" FROM signing_key WHERE retired_at IS NULL ORDER BY created_at DESC, id',
};
const lock: Statement = {
  name: 'customer_signing_key_lock',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('customer.signing_key', 0))`,
};
const insert: Statement = { name: 'customer_signing_key_insert', text: 'INSERT INTO signing_key (id, private_jwk) VALUES ($1, $2)' };

type Row = { readonly id: string; readonly privateJwk: JsonWebKey };

/** The keys of access tokens. Private halves never leave this database and this process. */
export type SigningKeys = {
  /** The newest key; made when there is none. */
  current(): Promise<{ readonly id: string; readonly private: KeyObject }>;
  /** All that may verify, as a JWK set, read now. */
  publicKeys(): Promise<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }>;
};

export function pgSigningKeys(database: Database, now: Now): SigningKeys {
  let known: { key: Promise<{ id: string; private: KeyObject }>; at: number } | undefined;
  const load = async (): Promise<{ id: string; private: KeyObject }> => {
    const [row] = await ensured(database);
    if (!row) throw new TypeError('a signing key was made and is not there');
    return { id: row.id, private: createPrivateKey({ key: row.privateJwk, format: 'jwk' }) };
  };
  return {
    current: () => {
      if (known && now().getTime() - known.at < freshForMs) return known.key;
      const key = load();
      known = { key, at: now().getTime() };
      key.catch(() => (known = undefined)); // the caller sees the failure; the next one looks again
      return key;
    },
    publicKeys: async () => ({ keys: (await ensured(database)).map(publicHalf) }),
  };
}

async function ensured(database: Database): Promise<readonly Row[]> {
  const rows = await database.query<Row>(live);
  if (rows.length > 0) return rows;
  return database.transaction(async (tx) => {
    const session = sessionOf(tx);
    await session.query(lock);
    const [earlier] = await session.query<Row>(live);
    if (earlier) return [earlier];
    const made = await newKey();
    await session.query(insert, [made.id, made.privateJwk]);
    return [made];
  });
}

async function newKey(): Promise<Row> {
  const privateJwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { id: await calculateJwkThumbprint(privateJwk as JWK), privateJwk };
}

function publicHalf({ id, privateJwk }: Row): Readonly<Record<string, unknown>> {
  const { kty, crv, x } = privateJwk;
  return { kty, crv, x, kid: id, alg: tokenAlgorithm, use: 'sig' };
}
