export type ShipmentStatus = 'planned' | 'created' | 'in-transit' | 'delivered' | 'lost' | 'returned' | 'voided';
/** What a carrier reports of a parcel. `returned`: it is on its way back to us, or is there again. */
export type Movement = 'in-transit' | 'delivered' | 'lost' | 'returned';
export type ParcelPlan = {
  readonly weightGrams: number;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
};

/** What a carrier may call a parcel: 1 to 100 printable characters of ASCII. */
export const trackingCodeShape = /^[\x21-\x7e]{1,100}$/;

/** An order's shipment. Ids are UUIDs; the label's id and the tracking code are the carrier's. */
export type Shipment = {
  readonly id: string;
  readonly orderId: string;
  /** Null while only a stop is known. */
  readonly ownerId: string | null;
  readonly status: ShipmentStatus;
  readonly carrier: string | null;
  readonly labelId: string | null;
  /** What was begun at the carrier before the label was bought. */
  readonly draftId: string | null;
  readonly trackingCode: string | null;
  readonly parcels: readonly ParcelPlan[];
  readonly isStopped: boolean;
};

/** How far a parcel is; a report of less is late and changes nothing. A parcel that comes back is `delivered` once more, to us: that says nothing new. */
const progress: Readonly<Record<ShipmentStatus, number>> = {
  planned: 0,
  created: 1,
  'in-transit': 2,
  lost: 3,
  delivered: 4,
  returned: 5,
  voided: 6,
};

export type Moving =
  { readonly kind: 'moved'; readonly status: Movement } | { readonly kind: 'unchanged'; readonly because: 'late' | 'stopped' };

/** What a carrier's report makes of a shipment. `delivered` also follows straight from created; repeats and late reports change nothing. */
export function move(shipment: Pick<Shipment, 'status' | 'isStopped'>, movement: Movement): Moving {
  if (shipment.isStopped) return { kind: 'unchanged', because: 'stopped' };
  return progress[movement] > progress[shipment.status] ? { kind: 'moved', status: movement } : { kind: 'unchanged', because: 'late' };
}

/** Whether an order can still be kept from leaving. */
export function stop(shipment: Pick<Shipment, 'status'>): 'stopped' | 'dispatched' {
  return progress[shipment.status] >= progress['in-transit'] && shipment.status !== 'voided' ? 'dispatched' : 'stopped';
}

/** A line that is to be packed. `parts`: where its units lie, when not everything lies at the default location. */
export type PackedLine = {
  readonly lineId: string;
  readonly quantity: number;
  readonly weightGrams: number;
  readonly parts?: readonly { readonly locationId: string; readonly quantity: number }[] | undefined;
};

/** One parcel from every location that something lies at: mostly one parcel. */
export function parcelsOf(lines: readonly PackedLine[]): readonly ParcelPlan[] {
  const units = lines.flatMap(({ parts, ...line }) =>
    (parts ?? [{ locationId: '', quantity: line.quantity }]).map((part) => ({ ...line, ...part })),
  );
  return [...new Set(units.map(({ locationId }) => locationId))].map((place) => {
    const packed = units.filter(({ locationId }) => locationId === place);
    const weightGrams = packed.reduce((total, { weightGrams: grams, quantity }) => total + grams * quantity, 0);
    return { weightGrams, lines: packed.map(({ lineId, quantity }) => ({ lineId, quantity })) };
  });
}
