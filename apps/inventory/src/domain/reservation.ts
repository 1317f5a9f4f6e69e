/** A line of an order, as far as stock is concerned. Ids are UUIDs. */
export type OrderLine = {
  readonly lineId: string;
  readonly variantId: string;
  readonly quantity: number;
  /** Labels of numbered units, as many as `quantity`; absent for all others. */
  readonly seats?: readonly string[];
};

/** A line that cannot be had: `available` units of its variant are left, for all lines together. Of a line of seats, `seats` are those that are gone. */
export type Shortage = OrderLine & { readonly available: number };

/** Units of a variant that are left, for each variant there is too little of; or wanted seats of it that are gone. */
export type Short = { readonly variantId: string; readonly available: number; readonly seatsGone?: readonly string[] };

/**
 * `reserved` holds units until it expires; `taken` has sold them; `expired` and `released` hold nothing. Only `released` is final for the
 * order: an expired reservation may be held anew.
 */
export type ReservationState = 'reserved' | 'taken' | 'released' | 'expired';

/** What asking for a reservation that is there already leads to. */
export function reservingAgain(state: ReservationState): 'renew' | 'stands' | 'hold-again' | 'refuse' {
  switch (state) {
    case 'reserved':
      return 'renew';
    case 'taken':
      return 'stands';
    case 'expired':
      return 'hold-again';
    case 'released':
      return 'refuse';
  }
}

/** What taking leads to. An order that never reserved, or gave up, has nothing to take. */
export function taking(state: ReservationState | undefined): 'take' | 'stands' | 'hold-again' | 'refuse' {
  switch (state) {
    case 'reserved':
      return 'take';
    case 'taken':
      return 'stands';
    case 'expired':
      return 'hold-again';
    case 'released':
    case undefined:
      return 'refuse';
  }
}

/** What giving up leads to. Units may be sold already when a checkout that broke off after taking them is undone: those come back too. */
export function releasing(state: ReservationState): 'free' | 'close' | 'put-back' | 'stands' {
  switch (state) {
    case 'reserved':
      return 'free';
    case 'expired':
      return 'close';
    case 'taken':
      return 'put-back';
    case 'released':
      return 'stands';
  }
}

/** The lines that cannot be had, when these variants are short. Where seats are gone, only the lines that want them. */
export function shortagesOf(lines: readonly OrderLine[], short: readonly Short[]): readonly Shortage[] {
  const shortOf = new Map(short.map((each) => [each.variantId, each]));
  return lines.flatMap((line) => {
    const found = shortOf.get(line.variantId);
    if (!found) return [];
    if (!found.seatsGone) return [{ ...line, available: found.available }];
    const seats = (line.seats ?? []).filter((seat) => found.seatsGone?.includes(seat));
    return seats.length === 0 ? [] : [{ ...line, seats, available: found.available }];
  });
}
