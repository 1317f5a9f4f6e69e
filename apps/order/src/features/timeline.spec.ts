import { createLogger, newId } from '@tandem/host';
import type { OrderId } from '@tandem/kernel';
import { pgSagas } from '../adapters/pg-sagas.js';
import { pgTimeline } from '../adapters/pg-timeline.js';
import { aReplica, checkOut } from '../spec-checkout.js';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { noteCalls } from './timeline.js';

describe('calls for an order after its checkout', () => {
  let spec: SpecDatabase;
  let id: OrderId;
  beforeAll(async () => {
    spec = await createSpecDatabase();
    const reply = await checkOut(aReplica(spec));
    if (reply.kind !== 'ordered') throw new Error('the checkout did not go through');
    id = reply.order.id;
  });
  afterAll(() => spec.drop());

  const now = () => new Date('2026-11-21T12:00:00.000Z');
  const noted = (append = pgTimeline(spec.database)) =>
    noteCalls({ append, instance: 'spec', now, logger: createLogger('order-spec', 'silent') });
  const timeline = async () => (await pgSagas(spec.database, () => undefined).find(id))?.timeline ?? [];

  it('stand on its timeline behind those of the checkout, each try counted, those that failed as well', async () => {
    const inCheckout = (await timeline()).length;
    const call = { orderId: id, step: 'stop shipment' };
    const away = noted()(call, () => Promise.reject(new TypeError('away')), String);
    await expect(away).rejects.toThrow('away');
    expect(
      await noted()(
        call,
        () => Promise.resolve('stopped'),
        (outcome) => outcome,
      ),
    ).toBe('stopped');
    const entry = { step: 'stop shipment', at: now().toISOString(), durationMs: expect.any(Number), instance: 'spec' };
    expect((await timeline()).slice(inCheckout)).toEqual([
      { ...entry, attempt: 1, result: 'TypeError' },
      { ...entry, attempt: 2, result: 'stopped' },
    ]);
  });

  it('count although they cannot be noted', async () => {
    const broken = noted(() => Promise.reject(new Error('the database is away')));
    expect(await broken({ orderId: newId('order'), step: 'undo reserve' }, () => Promise.resolve(7), String)).toBe(7);
  });
});
