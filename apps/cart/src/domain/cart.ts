import type { Currency } from '@tandem/kernel';

/** Units of one variant in one cart, at most. Source: docs/reference/openapi.json. */
export const maxQuantity = 999;
/** Lines of one cart, at most. */
export const maxLines = 100;

/** Where a parcel goes; `country` is an ISO 3166-1 alpha-2 code. */
export type Address = {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string;
  readonly city: string;
  readonly postalCode: string;
  readonly region?: string;
  readonly country: string;
  readonly phone?: string;
};

/** Units of one variant; a cart has one line a variant. `seats` are the numbers of numbered units, as many as `quantity`; absent for all others. */
export type Line = { readonly id: string; readonly variantId: string; readonly quantity: number; readonly seats?: readonly string[] };

/** What a shopper means to buy. Ids are UUIDs; it keeps no price and reserves nothing. */
export type Cart = {
  readonly id: string;
  readonly ownerId: string;
  readonly currency: Currency;
  readonly locale: string;
  /** Rises by one with every write. */
  readonly version: bigint;
  readonly status: 'open' | 'ordered';
  readonly orderId: string | null;
  readonly email: string | null;
  readonly shippingAddress: Address | null;
  readonly shippingOptionId: string | null;
  /** Points the shopper wants to pay with; 0 for none. */
  readonly pointsToRedeem: bigint;
  /** In capitals. */
  readonly promotionCode: string | null;
  readonly lines: readonly Line[];
};

/** What a decision changes about a cart. Lines are keyed by variant; details are those that are there. */
export type CartChange =
  | { readonly kind: 'line-put'; readonly line: Line }
  | { readonly kind: 'line-removed'; readonly lineId: string }
  | { readonly kind: 'details'; readonly details: Details }
  | { readonly kind: 'nothing' };

/** Where a cart goes and what lowers its price; what is absent stays as it is. No points are 0, no code is null. */
export type Details = {
  readonly email?: string;
  readonly shippingAddress?: Address;
  readonly shippingOptionId?: string;
  readonly pointsToRedeem?: bigint;
  readonly promotionCode?: string | null;
};

/** The cart as it is after a change; its version has risen by one, unless nothing was changed. */
export function changed(cart: Cart, change: CartChange): Cart {
  const next = { ...cart, version: cart.version + 1n };
  switch (change.kind) {
    case 'line-put':
      return { ...next, lines: withLine(cart.lines, change.line) };
    case 'line-removed':
      return { ...next, lines: cart.lines.filter(({ id }) => id !== change.lineId) };
    case 'details':
      return { ...next, ...change.details };
    case 'nothing':
      return cart;
  }
}

export type Adding =
  | { readonly kind: 'line-put'; readonly line: Line }
  | { readonly kind: 'refused'; readonly because: 'out-of-stock' | 'quantity-too-large' | 'too-many-lines' };

export type Wanted = {
  readonly variantId: string;
  readonly quantity: number;
  readonly available: number;
  readonly newLineId: string;
  readonly seats?: readonly string[];
};

/** Adds units of a variant; a variant that is there already gets a larger line, and its seats on top of those it has. */
export function addLine(cart: Cart, { variantId, quantity, available, newLineId, seats }: Wanted): Adding {
  const present = cart.lines.find((line) => line.variantId === variantId);
  const total = (present?.quantity ?? 0) + quantity;
  if (total > available) return { kind: 'refused', because: 'out-of-stock' };
  if (total > maxQuantity) return { kind: 'refused', because: 'quantity-too-large' };
  if (!present && cart.lines.length >= maxLines) return { kind: 'refused', because: 'too-many-lines' };
  return {
    kind: 'line-put',
    line: { id: present?.id ?? newLineId, variantId, quantity: total, ...(seats ? { seats: [...(present?.seats ?? []), ...seats] } : {}) },
  };
}

export type Changing = Adding | { readonly kind: 'line-removed'; readonly lineId: string } | { readonly kind: 'no-such-line' };

/** Sets a line's quantity; 0 removes it. Fewer units than before are always taken, whatever is in stock. */
export function changeLine(
  cart: Cart,
  { lineId, quantity, available, seats }: { lineId: string; quantity: number; available: number; seats?: readonly string[] },
): Changing {
  const line = cart.lines.find(({ id }) => id === lineId);
  if (!line) return { kind: 'no-such-line' };
  if (quantity === 0) return { kind: 'line-removed', lineId };
  if (quantity > line.quantity && quantity > available) return { kind: 'refused', because: 'out-of-stock' };
  return { kind: 'line-put', line: { ...line, quantity, ...(seats ? { seats } : {}) } };
}

/**
 * Lines that an older cart changes in a newer one: quantities are added, each capped by what is in stock (but never below what was there) and
 * by `maxQuantity`; of seats, those that are not there yet. What comes after line `maxLines` is left behind.
 */
export function merge(into: Cart, from: Cart, available: (variantId: string) => number, newLineId: () => string): readonly Line[] {
  const merged = new Map(into.lines.map((line) => [line.variantId, line]));
  const changed: Line[] = [];
  for (const { variantId, quantity, seats } of from.lines) {
    const present = merged.get(variantId);
    const both = seats && [...new Set([...(present?.seats ?? []), ...seats])].slice(0, maxQuantity);
    const wanted = both?.length ?? Math.min((present?.quantity ?? 0) + quantity, available(variantId), maxQuantity);
    const kept = Math.max(wanted, present?.quantity ?? 0);
    if (kept === (present?.quantity ?? 0) || (!present && merged.size >= maxLines)) continue;
    const line = { id: present?.id ?? newLineId(), variantId, quantity: kept, ...(both ? { seats: both } : {}) };
    merged.set(variantId, line);
    changed.push(line);
  }
  return changed;
}

function withLine(lines: readonly Line[], line: Line): readonly Line[] {
  return lines.some(({ id }) => id === line.id) ? lines.map((other) => (other.id === line.id ? line : other)) : [...lines, line];
}
