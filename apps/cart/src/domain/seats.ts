/** Seats a shopper picks, and what is known of the variant: whether its units are numbered, and which numbers are free. */
export type Pick = {
  readonly quantity: number;
  readonly seats: readonly string[];
  readonly isSeated: boolean;
  readonly free: ReadonlySet<string>;
};

export type Picking =
  | { readonly kind: 'picked' }
  /** `count`: not as many seats as units, or one named twice. `not-seated`: the variant's units have no numbers. */
  | { readonly kind: 'refused'; readonly because: 'count' | 'not-seated' }
  | { readonly kind: 'taken'; readonly seats: readonly string[] };

/** Whether seats can be put into a cart: as many as units, each once, all free now. Nothing is held by it; the checkout decides. */
export function pick({ quantity, seats, isSeated, free }: Pick): Picking {
  if (!isSeated && seats.length > 0) return { kind: 'refused', because: 'not-seated' };
  if (isSeated && (seats.length !== quantity || new Set(seats).size !== seats.length)) return { kind: 'refused', because: 'count' };
  const taken = seats.filter((seat) => !free.has(seat));
  return taken.length > 0 ? { kind: 'taken', seats: taken } : { kind: 'picked' };
}
