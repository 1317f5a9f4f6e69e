/** Prefix of every public id: `ord_01h455vb4pex5vsknk084sn02q` (TypeID: prefix, then a UUIDv7 in base32). */
export const idPrefixes = {
  product: 'prod',
  variant: 'var',
  cart: 'cart',
  line: 'line',
  order: 'ord',
  payment: 'pay',
  refund: 'ref',
  shipment: 'shp',
  customer: 'cus',
  deadLetter: 'dl',
  event: 'evt',
  location: 'loc',
  ledgerEntry: 'pts',
  notice: 'ntc',
  webhookEndpoint: 'whe',
  webhookDelivery: 'whd',
  documentJob: 'docjob',
  mediaJob: 'mediajob',
  picture: 'med',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** Whether PostgreSQL takes the text as a `uuid`; in the usual form, in either case. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** The public form of an id. In SQL the same id is a `uuid`; `libs/host` makes and converts them. */
export type Id<K extends IdKind> = string & { readonly __id: K };

export type ProductId = Id<'product'>;
export type VariantId = Id<'variant'>;
export type CartId = Id<'cart'>;
export type LineId = Id<'line'>;
export type OrderId = Id<'order'>;
export type PaymentId = Id<'payment'>;
export type RefundId = Id<'refund'>;
export type ShipmentId = Id<'shipment'>;
export type CustomerId = Id<'customer'>;
