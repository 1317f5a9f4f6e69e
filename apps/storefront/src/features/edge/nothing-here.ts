import { toldBack } from '@tandem/host';

/** What stands under a collection of the API, as a word. A collection that is not here has no sentence. */
const nouns: Readonly<Record<string, string>> = {
  carts: 'cart',
  'dead-letters': 'dead letter',
  deliveries: 'delivery',
  flows: 'order',
  jobs: 'job',
  lines: 'line',
  notifications: 'notification',
  orders: 'order',
  products: 'product',
  promotions: 'promotion',
  refunds: 'refund',
  sagas: 'saga of order',
  shipments: 'shipment',
  tracking: 'parcel',
  'webhook-endpoints': 'webhook endpoint',
};
/** Collections of which everybody but staff sees only their own. */
const ofSomebody: ReadonlySet<string> = new Set(['carts', 'jobs', 'notifications', 'orders', 'shipments', 'webhook-endpoints']);
/** What may be missing of a thing that is there. */
const parts: Readonly<Record<string, string>> = {
  'credit-note': 'credit note',
  invoice: 'invoice',
  label: 'label',
  'packing-slip': 'packing slip',
};
/** Paths that look for something by what is in the body. */
const byBody: Readonly<Record<string, string>> = { '/v1/orders/lookup': 'there is no order with this number and e-mail' };

/**
 * What a 404 did not find, by the path's template and its values: `there is no refund ref_… of order ord_… of yours`. It says the same of what nobody
 * has and of what somebody else has. Undefined where the path names nothing of ours.
 */
export function nothingAt(path: string, params: Readonly<Record<string, string>>, isStaff: boolean): string | undefined {
  const segments = path.split('/');
  const named = segments.flatMap((collection, index) => {
    const next = segments[index + 1];
    return next?.startsWith(':') ? [{ collection, noun: nouns[collection], value: params[next.slice(1)] ?? '' }] : [];
  });
  if (named.length === 0 || named.some(({ noun }) => noun === undefined)) return byBody[path];
  const part = parts[segments.at(-1) ?? ''];
  const things = named.map(({ noun, value }) => `${noun} ${toldBack(value)}`).reverse();
  const isOwned = !isStaff && ofSomebody.has(named[0]?.collection ?? '');
  return `there is no ${[...(part === undefined ? [] : [part]), ...things].join(' of ')}${isOwned ? ' of yours' : ''}`;
}
