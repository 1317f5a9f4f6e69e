import type { OrderLine, Short } from './reservation.js';

/** Where most variants have all their units. The migrations have the same id. */
export const defaultLocation = '01900000-0000-7000-8000-000000000001';

/** Units of a variant that can be had at a location; `seated` ones only by naming them. */
export type Shelf = { readonly variantId: string; readonly locationId: string; readonly available: number; readonly seated: boolean };

/** The units of a line that come from one location. `seats` are the labels of numbered ones. */
export type Part = {
  readonly lineId: string;
  readonly variantId: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly seats: readonly string[];
};

export type Allocation =
  { readonly kind: 'allocated'; readonly parts: readonly Part[] } | { readonly kind: 'short'; readonly short: readonly Short[] };

/**
 * Where the units of an order's lines come from: all of them, or none. A line comes from one location where one has enough: from the default
 * one rather than from another, else from the one that has most. Where none has, it is split, taking all there is from the one that has most
 * and going on with the next: that makes the fewest parts. Source: docs/reference/stock.md, "Locations".
 */
export function allocate(lines: readonly OrderLine[], shelves: readonly Shelf[]): Allocation {
  const short = shortOf(lines, shelves);
  if (short.length > 0) return { kind: 'short', short };
  const parts: Part[] = [];
  for (const line of lines) parts.push(...partsOf(line, leftOf(line.variantId, shelves, parts)));
  return { kind: 'allocated', parts };
}

/**
 * Variants with fewer units than the lines want. One whose units are numbered has none for a line that does not name each of them, and is never
 * short for those that do: then it is for each seat to be free or not.
 */
function shortOf(lines: readonly OrderLine[], shelves: readonly Shelf[]): readonly Short[] {
  const wanted = new Map<string, number>();
  for (const { variantId, quantity } of lines) wanted.set(variantId, (wanted.get(variantId) ?? 0) + quantity);
  return [...wanted].flatMap(([variantId, units]) => {
    const own = shelves.filter((shelf) => shelf.variantId === variantId);
    const available = own.reduce((sum, shelf) => sum + shelf.available, 0);
    if (!own.some(({ seated }) => seated)) return available < units ? [{ variantId, available }] : [];
    return lines.every((line) => line.variantId !== variantId || line.seats?.length === line.quantity) ? [] : [{ variantId, available: 0 }];
  });
}

/** What a variant's locations have left after these parts: the default one first, then by how much it is. */
function leftOf(variantId: string, shelves: readonly Shelf[], parts: readonly Part[]): readonly Shelf[] {
  const left = shelves
    .filter((shelf) => shelf.variantId === variantId)
    .map((shelf) => ({ ...shelf, available: shelf.available - given(shelf, parts) }));
  const rank = ({ locationId }: Shelf): number => (locationId === defaultLocation ? 0 : 1);
  return left.sort((a, b) => rank(a) - rank(b) || b.available - a.available || (a.locationId < b.locationId ? -1 : 1));
}

function given({ variantId, locationId }: Shelf, parts: readonly Part[]): number {
  return parts
    .filter((part) => part.variantId === variantId && part.locationId === locationId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}

function partsOf({ lineId, variantId, quantity, seats = [] }: OrderLine, left: readonly Shelf[]): readonly Part[] {
  const part = (locationId: string, units: number): Part => ({ lineId, variantId, locationId, quantity: units, seats });
  const whole = left.find(({ available, seated }) => seated || available >= quantity);
  if (whole) return [part(whole.locationId, quantity)];
  const parts: Part[] = [];
  let missing = quantity;
  for (const { locationId, available } of [...left].sort((a, b) => b.available - a.available)) {
    const units = Math.min(missing, available);
    if (units > 0) parts.push(part(locationId, units));
    missing -= units;
  }
  return parts;
}
