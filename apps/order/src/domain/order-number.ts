import { invariant } from '@tandem/kernel';

/** Crockford's base 32: no I, L, O, U. Source: crockford.com/base32.html. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The number of an order, for people: eight characters out of eight random bytes. Unguessable enough only together with an e-mail. */
export function orderNumberFrom(random: Uint8Array): string {
  invariant(random.length === 8, 'an order number takes eight random bytes');
  return Array.from(random, (byte) => alphabet.charAt(byte % 32)).join('');
}
