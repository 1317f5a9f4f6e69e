import type { Http } from '../client/http.js';
import { queuesAreEmpty } from '../client/queues.js';
import { expecting, guest, newCustomer, type Shopper, staff } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';

/** The operation the others lead to. */
export const wholeOrder = 'cart to confirmed, all effects';

/** What a shopper does, again and again. */
export type Operation = {
  readonly name: string;
  /** How often it is done, as a share of `operations`: with the default each row takes a second or so, CPU being counted in hundredths. */
  readonly share: number;
  readonly run: (shopper: Shopper) => Promise<void>;
  readonly settle: () => Promise<void>;
};

/** Everything that is measured, on two products of its own. */
export async function operationsOf(shop: Http): Promise<readonly Operation[]> {
  const clerk = await staff(shop);
  const product = await productOfItsOwn(clerk, 1_000_000);
  const other = await productOfItsOwn(clerk, 1_000_000);
  const list = expecting(200, await shop('GET', '/v1/products?limit=20')).body;
  const slugs = list.data.map(({ slug }: { slug: string }) => slug) as string[];
  let turn = 0;
  const nothing = async (): Promise<void> => undefined;
  const fill = async (shopper: Shopper): Promise<string> => {
    const cartId = await shopper.newCart();
    expecting(201, await shopper.add(cartId, product.variantId, 1));
    expecting(201, await shopper.add(cartId, other.variantId, 2));
    return cartId;
  };
  let lastOrder: { shopper: Shopper; id: string } | undefined;
  const order = async (shopper: Shopper): Promise<void> => {
    const paid = expecting(201, await shopper.checkout(await fill(shopper)));
    lastOrder = { shopper, id: paid.body.id };
  };
  const allEffects = (): Promise<void> => settled(clerk, lastOrder);
  return [
    {
      name: 'list of 20 products',
      share: 4,
      run: async (shopper) => void expecting(200, await shopper.ask('GET', '/v1/products?limit=20')),
      settle: nothing,
    },
    {
      name: 'product',
      share: 8,
      run: async (shopper) => void expecting(200, await shopper.ask('GET', `/v1/products/${slugs[turn++ % slugs.length]}`)),
      settle: nothing,
    },
    { name: 'cart with two adds', share: 0.5, run: async (shopper) => void (await fill(shopper)), settle: nothing },
    { name: wholeOrder, share: 0.25, run: order, settle: allEffects },
    {
      name: 'flow of an order, by staff',
      share: 0.5,
      run: async () => {
        if (!lastOrder) await order(await guest(shop));
        expecting(200, await clerk.ask('GET', `/ops/v1/flows/${lastOrder?.id}`));
      },
      settle: nothing,
    },
  ];
}

/** Waits until every consumer has caught up and every outbox is empty, so that their CPU is counted. */
async function settled(clerk: Shopper, last: { shopper: Shopper; id: string } | undefined): Promise<void> {
  if (last)
    await until(
      'the effects of the last order',
      async () => (await last.shopper.events(last.id)).some(({ type }) => type === 'notification.sent'),
      60_000,
    );
  await until('empty queues', () => queuesAreEmpty(clerk), 60_000);
}

/** Shoppers of whom every other one has an account. */
export function peopleIn(shop: Http, count: number): Promise<readonly Shopper[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => (n % 2 === 0 ? newCustomer(shop) : guest(shop))));
}
