import { createHash } from 'node:crypto';
import type { cartV1 } from '@tandem/contracts';
import { type CallOptions, cartChanged, type Peer } from '@tandem/host';
import { etagOf, wantedBy } from '../domain/etag.js';
import type { Answer } from './edge/answer.js';
import { cartFrom } from './schemas/cart.schema.js';

/** A cart with its strong ETag: its version, and a digest of what is shown, because prices change without a write. */
export function cartAnswer(cart: cartV1.Cart, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = cartFrom(cart);
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 12);
  return { status, body, headers: { ETag: etagOf(cart.version, digest), ...headers } };
}

/** The version a write expects, for the service that compares it under a lock; refuses with `cart-changed` when no version can fit. */
export async function expectedVersion(
  ifMatch: string | undefined,
  read: (options: CallOptions) => Promise<cartV1.Cart>,
  as: CallOptions,
): Promise<{ expectedVersion?: string }> {
  const wanted = wantedBy(ifMatch);
  if (wanted.kind === 'any') return {};
  const [only, ...others] = wanted.versions;
  if (only !== undefined && others.length === 0) return { expectedVersion: only };
  const { version } = await read(as);
  if (!wanted.versions.includes(version)) throw cartChanged();
  return { expectedVersion: version };
}

/** The part of the cart service that carts over HTTP need. */
export type CartPeer = Peer<typeof cartV1.CartServiceService>;
