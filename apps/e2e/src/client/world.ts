import type { Http } from './http.js';
import { expecting, type Shopper } from './shopper.js';

/** What the outside world has on record about an order. */
export type World = {
  charges(orderId: string): Promise<readonly { status: string; amount: { amount: number; currency: string } }[]>;
  refunds(orderId: string): Promise<readonly { amount: { amount: number } }[]>;
  labels(orderId: string): Promise<readonly { status: string; trackingCode: string }[]>;
  mails(to: string): Promise<readonly { id: string; subject: string }[]>;
  mail(
    id: string,
  ): Promise<{ headers: Record<string, string>; text: string; html: string; attachments: { filename: string; contentType: string }[] }>;
  /** Text messages that a number got, oldest first. */
  texts(to: string): Promise<readonly { text: string }[]>;
  /** Where the shop's webhooks reach this inbox of the sandbox: from inside its network, which may not be where we stand. */
  inbox(name: string): Promise<string>;
  carrierSays(trackingCode: string, status: 'in-transit' | 'delivered' | 'lost' | 'returned'): Promise<void>;
};

export function world(sandbox: Http): World {
  const list = async (path: string): Promise<any[]> => {
    const found: any[] = [];
    for (let cursor = ''; ;) {
      const page = expecting(
        200,
        await sandbox('GET', `${path}&limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`),
      ).body;
      found.push(...page.data);
      if (!page.nextCursor) return found;
      cursor = page.nextCursor;
    }
  };
  return {
    charges: (orderId) => list(`/bank/charges?orderId=${orderId}`),
    refunds: (orderId) => list(`/bank/refunds?orderId=${orderId}`),
    labels: (orderId) => list(`/carrier/labels?orderId=${orderId}`),
    mails: (to) => list(`/mailbox/messages?to=${encodeURIComponent(to)}`),
    mail: async (id) => expecting(200, await sandbox('GET', `/mailbox/messages/${id}`)).body,
    texts: (to) => list(`/sms/messages?to=${encodeURIComponent(to)}`),
    inbox: async (name) => `${expecting(200, await sandbox('GET', '/')).body.serviceUrl}/webhooks/inbox/${name}`,
    carrierSays: async (trackingCode, status) => {
      const answer = await sandbox('POST', `/carrier/shipments/${trackingCode}/events`, { body: { status } });
      if (answer.status >= 300) throw new Error(`the carrier refused: ${answer.status} ${answer.text}`);
    },
  };
}

type Offered = { readonly id: string; readonly slug: string; readonly variantId: string };

/** A product made for one test, with its own stock, so that tests do not share units. */
export function productOfItsOwn(staff: Shopper, stock: number, price = 1_999): Promise<Offered> {
  return offered(staff, 'Test kettle', price, { stock, title: 'One size' });
}

/** An event made for one test, with these seats. */
export function hallOfItsOwn(staff: Shopper, seats: readonly string[]): Promise<Offered> {
  return offered(staff, 'Test concert', 4_500, { stock: seats.length, seats, title: 'Seat' });
}

async function offered(staff: Shopper, title: string, price: number, variant: object): Promise<Offered> {
  const sku = `TEST-${Math.random().toString(36).slice(2, 12).toUpperCase()}`;
  const prices = [
    { amount: price, currency: 'EUR' },
    { amount: price, currency: 'USD' },
    { amount: price, currency: 'JPY' },
    { amount: price * 10, currency: 'BHD' },
  ];
  const body = {
    title: `${title} ${sku}`,
    description: 'Made for one test.',
    category: 'kitchen',
    variants: [{ sku, prices, ...variant }],
  };
  const product = expecting(201, await staff.ask('POST', '/admin/v1/products', body)).body;
  return { id: product.id, slug: product.slug, variantId: product.variants[0].id };
}
