import { newCustomer, staff, type Shopper } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { target } from '../target.js';

const { shop, sandbox } = target();
let clerk: Shopper;

beforeAll(async () => {
  clerk = await staff(shop);
});
afterAll(async () => {
  await shop.close();
  await sandbox.close();
});

type Step = {
  readonly at: string;
  readonly service: string;
  readonly kind: string;
  readonly name: string;
  readonly durationMs: number;
  readonly queueDelayMs?: number;
  readonly outcome: string;
};

describe('an operator who follows one order', () => {
  it('sees the calls of its checkout and what every service made of its events', async () => {
    const shopper = await newCustomer(shop);
    const { variantId } = await productOfItsOwn(clerk, 5, 1_000);
    const cartId = await shopper.newCart();
    await shopper.add(cartId, variantId, 1);
    const begun = Date.now();
    const { body: order } = await shopper.checkout(cartId, { email: shopper.email });
    const { orderId, steps, eventsKnown } = await until('all that handle the confirmation', async () => {
      const { body } = await clerk.ask('GET', `/ops/v1/flows/${order.id}`);
      if (body.silent?.length !== 0) return false; // who did not answer in time is asked again
      const found = body.steps as Step[];
      const handled = found
        .filter(({ name, outcome }) => name === 'order.confirmed.v1' && outcome === 'handled')
        .map(({ service }) => service);
      return (
        ['shipping', 'notification', 'loyalty'].every((service) => handled.includes(service)) &&
        (body as { orderId: string; steps: Step[]; eventsKnown: boolean })
      );
    });
    expect(orderId).toBe(order.id);
    expect(eventsKnown).toBe(true);
    expect(steps.filter(({ kind }) => kind === 'sync').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['price', 'reserve', 'pay', 'take']),
    );
    expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).sort());
    expect(
      steps
        .filter(({ kind, outcome }) => kind === 'async' && outcome === 'handled')
        .every(({ queueDelayMs }) => queueDelayMs !== undefined && queueDelayMs >= 0 && queueDelayMs <= Date.now() - begun),
    ).toBe(true);
    const mailed = steps.find(({ service, name }) => service === 'notification' && name === 'order.confirmed.v1');
    expect(Date.parse(mailed?.at ?? '') + (mailed?.durationMs ?? 0)).toBeLessThanOrEqual(Date.now());
    expect((await shopper.ask('GET', `/ops/v1/flows/${order.id}`)).status).toBe(403);
    expect((await clerk.ask('GET', '/ops/v1/flows/ord_nothing')).status).toBe(404);
  });

  it('sees what was called to take it back', async () => {
    const shopper = await newCustomer(shop);
    const { variantId } = await productOfItsOwn(clerk, 5, 1_000);
    const cartId = await shopper.newCart();
    await shopper.add(cartId, variantId, 1);
    const { body: order } = await shopper.checkout(cartId, { email: shopper.email });
    expect((await shopper.ask('POST', `/v1/orders/${order.id}/cancel`, {}, { 'idempotency-key': order.id })).status).toBe(200);
    const calls = await until('the refund', async () => {
      const { body } = await clerk.ask('GET', `/ops/v1/flows/${order.id}`);
      const made = (body.steps as Step[]).filter(({ kind }) => kind === 'sync').map(({ name, outcome }) => `${name}: ${outcome}`);
      return made.some((name) => name.startsWith('refund ')) && made;
    });
    expect(calls.slice(-2)).toEqual(['stop shipment: stopped', expect.stringMatching(/^refund ref_\w+: given back$/)]);
  });
});
