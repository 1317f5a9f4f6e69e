/** A line of an order, as far as stock is concerned. Ids are UUIDs. */
export type OrderLine = { readonly lineId: string; readonly variantId: string; readonly quantity: number };

/** A line that cannot be had: `available` units of its variant are left, for all lines together. */
export type Shortage = OrderLine & { readonly available: number };

/** Units of a variant that are left, for each variant there is too little of. */
export type Short = { readonly variantId: string; readonly available: number };

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

/** The lines that cannot be had, when these variants are short. */
export function shortagesOf(lines: readonly OrderLine[], short: readonly Short[]): readonly Shortage[] {
  const left = new Map(short.map(({ variantId, available }) => [variantId, available]));
  return lines.flatMap((line) => {
    const available = left.get(line.variantId);
    return available === undefined ? [] : [{ ...line, available }];
  });
}
