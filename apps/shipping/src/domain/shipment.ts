export type ShipmentStatus = 'planned' | 'created' | 'in-transit' | 'delivered' | 'lost' | 'returned' | 'voided';
/** What a carrier reports of a parcel. `returned`: it is on its way back to us, or is there again. */
export type Movement = 'in-transit' | 'delivered' | 'lost' | 'returned';
export type ParcelPlan = {
  readonly weightGrams: number;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
};

/** What a carrier may call a parcel: 1 to 100 printable characters of ASCII. */
export const trackingCodeShape = /^[\x21-\x7e]{1,100}$/;

/** A bought label, and how far what it is stuck on has come. Id and tracking code are the carrier's. */
export type ParcelLabel = { readonly labelId: string; readonly trackingCode: string; readonly status: Exclude<ShipmentStatus, 'planned'> };

/** An order's shipment. Ids are UUIDs. Its status is what its parcels' labels have in common (`statusOf`). */
export type Shipment = {
  readonly id: string;
  readonly orderId: string;
  /** Null while only a stop is known. */
  readonly ownerId: string | null;
  readonly status: ShipmentStatus;
  readonly carrier: string | null;
  /** One for each parcel in turn, or a single one for all of them, as the carrier sells them; none before they are bought. */
  readonly labels: readonly ParcelLabel[];
  /** What was begun at the carrier before the labels were bought, by the place of the label. */
  readonly drafts: readonly (string | null)[];
  readonly parcels: readonly ParcelPlan[];
  /** The day it should arrive, as it was known when the labels were bought: `2026-11-24`. Null when nobody knew. */
  readonly estimatedDelivery: string | null;
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
  | { readonly kind: 'moved'; readonly label: ParcelLabel; readonly labels: readonly ParcelLabel[]; readonly status: ShipmentStatus }
  | { readonly kind: 'unchanged'; readonly because: 'late' | 'stopped' };

/**
 * What a carrier's report of one label makes of a shipment, named by the label's id or, where the carrier tells no id, its tracking code. `delivered` also follows straight
 * from created; repeats and late reports change nothing.
 */
export function move(
  { status, isStopped, labels }: Pick<Shipment, 'status' | 'isStopped' | 'labels'>,
  { movement, ...of }: { readonly movement: Movement; readonly labelId?: string | undefined; readonly trackingCode: string },
): Moving {
  if (isStopped) return { kind: 'unchanged', because: 'stopped' };
  const known = labels.find(({ labelId, trackingCode }) =>
    of.labelId === undefined ? trackingCode === of.trackingCode : labelId === of.labelId,
  );
  if (!known || progress[movement] <= progress[known.status]) return { kind: 'unchanged', because: 'late' };
  const label = { ...known, status: movement };
  const moved = labels.map((each) => (each === known ? label : each));
  return { kind: 'moved', label, labels: moved, status: furthest(status, statusOf(moved)) };
}

/** What labels have in common: one parcel that comes back or is lost speaks for all; else it is delivered when all are, and on its way when all have left. */
export function statusOf(labels: readonly ParcelLabel[]): ShipmentStatus {
  const statuses = labels.map(({ status }) => status).filter((status) => status !== 'voided');
  const [first] = statuses;
  if (first === undefined) return 'voided';
  const astray = (['returned', 'lost'] as const).find((status) => statuses.includes(status));
  return astray ?? statuses.reduce((least, status) => (progress[status] < progress[least] ? status : least), first);
}

/** Whether the last parcel has left: each is with the carrier, or was until it went astray, and not all went astray. */
export function haveLeft(labels: readonly ParcelLabel[]): boolean {
  const statuses = labels.map(({ status }) => status).filter((status) => status !== 'voided');
  const areGone = statuses.every((status) => progress[status] >= progress['in-transit']);
  return areGone && statuses.some((status) => status === 'in-transit' || status === 'delivered');
}

/** A shipment only moves forward, also when a lost parcel of several is found while another one is on its way. */
function furthest(one: ShipmentStatus, other: ShipmentStatus): ShipmentStatus {
  return progress[one] < progress[other] ? other : one;
}

/** Whether an order can still be kept from leaving: not once one of its parcels has. */
export function stop({ status, labels }: Pick<Shipment, 'status' | 'labels'>): 'stopped' | 'dispatched' {
  if (status === 'voided') return 'stopped';
  const hasLeft = [status, ...labels.map((label) => label.status)].some(
    (each) => progress[each] >= progress['in-transit'] && each !== 'voided',
  );
  return hasLeft ? 'dispatched' : 'stopped';
}

/** The label of a parcel, counted from 0; of all parcels, when there is only one. */
export function labelOf({ labels, parcels }: Pick<Shipment, 'labels' | 'parcels'>, parcel: number): ParcelLabel | undefined {
  return labels.length > 1 ? labels[parcel] : parcels[parcel] && labels[0];
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
