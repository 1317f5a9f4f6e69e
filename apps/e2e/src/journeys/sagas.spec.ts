import { guest, staff, type Shopper } from '../client/shopper.js';
import { until } from '../client/until.js';
import { productOfItsOwn } from '../client/world.js';
import { target } from '../target.js';

const { shop, sandbox, outside } = target();
let clerk: Shopper;

beforeAll(async () => {
  clerk = await staff(shop);
});
afterAll(async () => {
  await shop.close();
  await sandbox.close();
});

describe('an operator', () => {
  it('sees a checkout that waits, tries it again, ends it, and is on record for it', async () => {
    const shopper = await guest(shop);
    const { variantId } = await productOfItsOwn(clerk, 1);
    const cartId = await shopper.newCart();
    await shopper.add(cartId, variantId, 1);
    const { body: order } = await shopper.checkout(cartId, { paymentMethod: 'pm_card_3ds' });
    expect(order.status).toBe('requires-action');

    const listed = await until('the saga', async () =>
      (await clerk.ask('GET', '/ops/v1/sagas?limit=100')).body.data?.find(({ orderId }: { orderId: string }) => orderId === order.id),
    );
    expect(listed).toMatchObject({
      kind: 'checkout',
      orderStatus: 'requires-action',
      attempts: expect.any(Number),
      ageMs: expect.any(Number),
    });
    const retried = await clerk.ask('POST', `/ops/v1/sagas/${order.id}/retry`, { reason: 'just to be sure' });
    expect([retried.status, retried.body.actions]).toEqual([
      200,
      [expect.objectContaining({ action: 'retry', actor: clerk.id, reason: 'just to be sure' })],
    ]);
    expect((await shopper.order(order.id)).status).toBe('requires-action');

    expect((await clerk.ask('POST', `/ops/v1/sagas/${order.id}/cancel`, { reason: 'the shopper gave up' })).status).toBe(200);
    const ended = await until('the end', async () => {
      const seen = await shopper.order(order.id);
      return seen.status === 'cancelled' && seen;
    });
    expect([ended.cancelReason, ended.payment.status]).toEqual(['ended-by-operator', 'voided']);
    expect((await outside.charges(order.id)).filter(({ status }) => status === 'captured')).toEqual([]);
    const { body: shown } = await clerk.ask('GET', `/ops/v1/sagas/${order.id}`);
    expect(shown.sagas).toEqual([]);
    expect(shown.actions.map(({ action }: { action: string }) => action)).toEqual(['retry', 'cancel']);
    expect(shown.timeline.map(({ step }: { step: string }) => step)).toEqual(
      expect.arrayContaining(['price', 'reserve', 'pay', 'undo payment']),
    );
    const again = await clerk.ask('POST', `/ops/v1/sagas/${order.id}/cancel`, { reason: 'again' });
    expect([again.status, again.body.code]).toEqual([404, 'not-found']);
  });

  it('pauses what a service does by itself, runs it once by hand, and lets it go on', async () => {
    const listed = await until('the schedules', async () => {
      const { data, silent } = (await clerk.ask('GET', '/ops/v1/schedules')).body;
      return (
        silent?.length === 0 &&
        data.some(
          ({ name, lastRunAt }: { name: string; lastRunAt: string | null }) => name === 'forget-checkout-keys' && lastRunAt !== null,
        ) &&
        data
      );
    });
    const known = listed.map(({ service, name }: { service: string; name: string }) => `${service} ${name}`);
    expect(known).toEqual(expect.arrayContaining(['order settle-debts', 'inventory expire-reservations', 'payment work-off-news']));
    const steer = (verb: string) => clerk.ask('POST', `/ops/v1/schedules/order/forget-checkout-keys/${verb}`, { reason: 'a journey' });
    expect((await steer('pause')).body).toMatchObject({ pausedAt: expect.any(String), steeredBy: clerk.id, steeredBecause: 'a journey' });
    const before = (await steer('run')).body.lastRunAt;
    await until('a run', async () => {
      const { data } = (await clerk.ask('GET', '/ops/v1/schedules')).body;
      const lastRunAt = data?.find(({ name }: { name: string }) => name === 'forget-checkout-keys')?.lastRunAt; // undefined: order was silent
      return lastRunAt !== undefined && lastRunAt !== before;
    });
    expect((await steer('resume')).body.pausedAt).toBeNull();
    expect((await clerk.ask('POST', '/ops/v1/schedules/order/nothing/run', { reason: 'a journey' })).status).toBe(404);
    expect((await clerk.ask('POST', '/ops/v1/schedules/nobody/nothing/run', { reason: 'a journey' })).status).toBe(404);
  });

  it('is staff, and says why', async () => {
    const shopper = await guest(shop);
    expect((await shopper.ask('GET', '/ops/v1/sagas')).status).toBe(403);
    expect((await clerk.ask('POST', '/ops/v1/sagas/ord_01h455vb4pex5vsknk084sn02q/cancel', {})).body.code).toBe('validation-failed');
    expect((await clerk.ask('GET', '/ops/v1/sagas/ord_01h455vb4pex5vsknk084sn02q')).status).toBe(404);
    expect((await clerk.ask('GET', '/ops/v1/sagas?cursor=eA')).body.code).toBe('bad-cursor');
  });
});
