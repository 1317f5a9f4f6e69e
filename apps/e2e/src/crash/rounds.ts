import { randomUUID } from 'node:crypto';
import { buyAndReceive, listener, pictureFaults, receivedBy, upload, webhookFaults } from '../chaos/after-sale.js';
import { type Accepted, shop } from '../chaos/shop.js';
import { faultsOf, leftoversOf, moneyFaults } from '../chaos/verify.js';
import type { Answer, Http } from '../client/http.js';
import { insist } from '../client/insist.js';
import { address } from '../client/shopper.js';
import { until } from '../client/until.js';
import type { World } from '../client/world.js';

export type Shop = {
  readonly http: Http;
  readonly sandbox: Http;
  readonly outside: World;
  readonly clerkToken: string;
  /** Ends a service as a crash does, or all of them. Resolves when the supervisor has started them again. */
  kill(service?: string): Promise<void>;
  /** One of 19.99 EUR and one of 500 EUR. */ readonly variants: readonly [string, string];
  /** An event whose seats go one after the other, and a code that takes something off. */
  readonly hall: { readonly variantId: string; readonly code: string; nextSeat(): string };
};
/** Something shoppers do that drives the system through its calls; insists through crashes. Answers what is still wrong, to be asked until nothing is. */
export type Round = (shop: Shop) => Promise<() => Promise<readonly string[]>>;

const patienceMs = 60_000;
const cardOf = (paymentMethod: string, isCustomer = true) => ({
  number: 1,
  isCustomer,
  lines: [{ product: 0, quantity: 2 }],
  paymentMethod,
});

/** What shoppers, the bank and the carrier do to orders, by name. */
export const rounds: Readonly<Record<string, Round>> = {
  'an order': async (at) => {
    const visit = await accepted(at, 'pm_card_visa');
    return () => faultsOf(visit, at.http, at.outside);
  },
  'a card that is declined': async (at) => {
    const visit = await shop(at.http, cardOf('pm_card_declined', false), at.variants);
    if (visit.kind !== 'declined') throw new Error(`it was ${visit.kind}${visit.kind === 'failed' ? `: ${visit.because}` : ''}`);
    return () => leftoversOf(visit, at.outside);
  },
  'a challenge': async (at) => {
    const visit = await accepted(at, 'pm_card_3ds');
    const [charge] = (await at.outside.charges(visit.orderId)) as readonly { id?: string }[];
    await insist(at.sandbox, { path: `/bank/challenges/${charge?.id}`, body: { outcome: 'approve' } });
    return () => faultsOf(visit, at.http, at.outside);
  },
  'a bank that charges and does not say so': async (at) => {
    const visit = await accepted(at, 'pm_card_timeout_charged');
    return async () =>
      (await read(at, visit)).body.status === 'cancelled'
        ? moneyFaults(visit.orderId, at.outside, 0)
        : faultsOf(visit, at.http, at.outside);
  },
  'a refund of a part and of the rest': async (at) => {
    const visit = await accepted(at, 'pm_card_visa');
    const [line] = (await read(at, visit)).body.lines;
    for (const part of [{ lines: [{ lineId: line.id, quantity: 1 }] }, {}]) {
      const answer = await insist(at.http, {
        path: `/v1/orders/${visit.orderId}/refunds`,
        token: at.clerkToken,
        body: { reason: 'arrived broken', ...part },
      });
      if (answer.status !== 201) throw new Error(`a refund was answered ${answer.status} ${answer.text}`);
    }
    return async () => [...(await statusFaults(at, visit, 'refunded')), ...(await moneyFaults(visit.orderId, at.outside, 0))];
  },
  'points earned by a parcel, spent, and given back by a cancellation': async (at) => {
    const earning = await accepted(at, 'pm_card_visa', 1);
    const { trackingCode } = await until(
      'a parcel',
      async () => (await read(at, earning)).body.shipments?.[0] as { trackingCode: string } | undefined,
      patienceMs,
    );
    await insist(at.sandbox, { path: `/carrier/shipments/${trackingCode}/events`, body: { status: 'delivered' } });
    const balance = async (): Promise<number> =>
      (await insist(at.http, { method: 'GET', path: '/v1/loyalty', token: earning.token })).body.balance as number;
    await until('points to spend', async () => (await balance()) > 0, patienceMs);
    const earned = await balance();
    const spending = await buy(at, earning, {
      line: { variantId: at.variants[1], quantity: 1 },
      details: { pointsToRedeem: earned },
    });
    const answer = await insist(at.http, { path: `/v1/orders/${spending.orderId}/cancel`, token: spending.token, body: {} });
    if (answer.status !== 200) throw new Error(`a cancellation was answered ${answer.status} ${answer.text}`);
    return async () => {
      const [now, status, money] = await Promise.all([
        balance(),
        statusFaults(at, spending, 'cancelled'),
        moneyFaults(spending.orderId, at.outside, 0),
      ]);
      return [...(now === earned ? [] : [`${spending.orderId}: ${now} points, wants ${earned}`]), ...status, ...money];
    };
  },
  'a seat, with a code': async (at) => {
    const { variantId, code, nextSeat } = at.hall;
    const seat = nextSeat();
    const token = (await insist(at.http, { path: '/v1/auth/guest' })).body.accessToken as string;
    const plan = { number: 1, isCustomer: false, lines: [], paymentMethod: 'pm_card_visa' };
    const visit = await buy(
      at,
      { token, email: `seat-${randomUUID()}@tandem.example`, plan },
      { line: { variantId, quantity: 1, seats: [seat] }, details: { promotionCode: code } },
    );
    return async () => {
      const { lines, discount } = (await read(at, visit)).body;
      const isRight = lines?.[0]?.seats?.[0] === seat && discount?.amount > 0;
      return [
        ...(isRight ? [] : [`${visit.orderId}: is not for seat ${seat} at a discount`]),
        ...(await faultsOf(visit, at.http, at.outside)),
      ];
    };
  },
  'webhooks of an order until it is delivered': async (at) => {
    const who = await listener(at.http, at.sandbox);
    const orderId = await buyAndReceive(at.http, at.sandbox, { ...who, variantId: at.variants[0] });
    return async () => webhookFaults(orderId === undefined ? [] : [orderId], await receivedBy(at.sandbox, who));
  },
  'a picture': async (at) => {
    const mediaId = await upload(at.http, at.clerkToken);
    return () => pictureFaults(at.http, at.clerkToken, mediaId);
  },
};

export async function accepted(at: Shop, paymentMethod: string, product: 0 | 1 = 0): Promise<Accepted> {
  const visit = await shop(at.http, { ...cardOf(paymentMethod), lines: [{ product, quantity: 2 }] }, at.variants);
  if (visit.kind !== 'accepted') throw new Error(`the visit was ${visit.kind}${visit.kind === 'failed' ? `: ${visit.because}` : ''}`);
  return visit;
}

type Buying = { readonly line: object; readonly details: object };

/** An order of one line, of somebody who is signed in, with what else a cart takes: points, a code. */
async function buy(
  at: Shop,
  { token, email, plan }: Pick<Accepted, 'token' | 'email' | 'plan'>,
  { line, details }: Buying,
): Promise<Accepted> {
  const ask = (path: string, body: unknown, method = 'POST') => insist(at.http, { method, path, body, token });
  const cartId = (await ask('/v1/carts', { currency: 'EUR' })).body.id as string;
  await ask(`/v1/carts/${cartId}/lines`, line);
  const delivery = { email, shippingAddress: address, shippingOptionId: 'standard' };
  const cart = await ask(`/v1/carts/${cartId}`, { ...delivery, ...details }, 'PATCH');
  const paid = await ask(`/v1/carts/${cartId}/checkout`, { paymentMethod: 'pm_card_visa', expectedTotal: cart.body.total, ...delivery });
  if (paid.status !== 201) throw new Error(`an order was answered ${paid.status} ${paid.text}`);
  return { kind: 'accepted', plan, orderId: paid.body.id, email, token, total: paid.body.total };
}

export const read = (at: Shop, { orderId, token }: Accepted): Promise<Answer> =>
  insist(at.http, { method: 'GET', path: `/v1/orders/${orderId}`, token });

export async function statusFaults(at: Shop, visit: Accepted, wanted: string): Promise<readonly string[]> {
  const { status } = (await read(at, visit)).body;
  return status === wanted ? [] : [`${visit.orderId}: is ${status}, wants ${wanted}`];
}
