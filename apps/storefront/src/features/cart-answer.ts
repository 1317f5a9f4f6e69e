import { createHash } from 'node:crypto';
import type { cartV1 } from '@tandem/contracts';
import { type CallOptions, cartChanged, type Peer, Refusal } from '@tandem/host';
import { etagOf, wantedBy } from '../domain/etag.js';
import type { Answer } from './edge/answer.js';
import { cartFrom } from './schemas/cart.schema.js';

/** A cart with its strong ETag: its version, and a digest of what is shown, because prices change without a write. */
export function cartAnswer(cart: cartV1.Cart, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = cartFrom(cart);
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 12);
  return { status, body, headers: { ETag: etagOf(cart.version, digest), ...headers } };
}

const misfits = {
  malformed: 'If-Match is no list of ETags: send the ETag of the cart as it came, in double quotes, or * for whatever the cart is',
  weak: 'If-Match has only weak ETags (W/), which match nothing: send the ETag of the cart as it came, in double quotes',
} as const;

/** The version a write expects, for the service that compares it under a lock; refuses with `cart-changed` when no version can fit, and says so when the header is why. */
export async function expectedVersion(
  ifMatch: string | undefined,
  read: (options: CallOptions) => Promise<cartV1.Cart>,
  as: CallOptions,
): Promise<{ expectedVersion?: string }> {
  const wanted = wantedBy(ifMatch);
  if (wanted.kind === 'any') return {};
  const [only, ...others] = wanted.kind === 'versions' ? wanted.versions : [];
  if (only !== undefined && others.length === 0) return { expectedVersion: only };
  const { version } = await read(as); // whoever may not see the cart hears nothing else
  if (wanted.kind !== 'versions') throw new Refusal('cart-changed', { detail: misfits[wanted.kind] });
  if (!wanted.versions.includes(version)) throw cartChanged();
  return { expectedVersion: version };
}

/** The part of the cart service that carts over HTTP need. */
export type CartPeer = Peer<typeof cartV1.CartServiceService>;
