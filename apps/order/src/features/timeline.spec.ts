import { createLogger, newId, PeerUnavailable, Refusal } from '@tandem/host';
import type { OrderId } from '@tandem/kernel';
import { pgSagas } from '../adapters/pg-sagas.js';
import { pgTimeline } from '../adapters/pg-timeline.js';
import { aReplica, checkOut } from '../spec-checkout.js';
import { createSpecDatabase, type SpecDatabase } from '../spec-database.js';
import { createTimeline, noteCalls } from './timeline.js';

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
      { ...entry, attempt: 1, result: 'failed: away' },
      { ...entry, attempt: 2, result: 'stopped' },
    ]);
  });

  it('tell why they failed in words or by a code, never by the name of a class', async () => {
    const before = (await timeline()).length;
    const failures: readonly unknown[] = [
      new Refusal('payment-declined', { detail: 'no' }),
      new PeerUnavailable('shipping', 14),
      new RangeError(`a\0\nb ${'😀'.repeat(200)}`),
      'away',
    ];
    for (const failure of failures)
      await expect(noted()({ orderId: id, step: 'tell' }, () => Promise.reject(failure as Error), String)).rejects.toBe(failure);
    const told = (await timeline()).slice(before).map(({ result }) => result);
    expect([...told.slice(0, 2), told[3]]).toEqual([
      'payment-declined',
      'failed: shipping did not answer (gRPC status 14)',
      'failed: away',
    ]);
    expect(told[2]).toMatch(/^failed: a {2}b 😀{90,}$/u);
    const run = createTimeline({ attempt: 1, instance: 'spec', now });
    const refused = { kind: 'refused', problem: { code: 'payment-unavailable' } } as const;
    expect(await run.time('pay', () => Promise.resolve(refused))).toBe(refused);
    await run.time('take', () => Promise.resolve({ kind: 'taken' }));
    expect(run.entries.map(({ result }) => result)).toEqual(['payment-unavailable', 'taken']);
  });

  it('that an earlier release noted by the name of a class are read in words as well', async () => {
    const before = (await timeline()).length;
    const append = pgTimeline(spec.database);
    for (const result of ['Refusal', 'PeerUnavailable', 'error', 'declined'])
      await append(id, { step: 'old', at: now().toISOString(), durationMs: 1, result, instance: 'spec' });
    const words = ['refused', 'failed', 'failed', 'declined'];
    expect((await timeline()).slice(before).map(({ result }) => result)).toEqual(words);
    const journey = await pgSagas(spec.database, () => undefined).journey(id);
    expect(journey?.timeline.slice(before).map(({ result }) => result)).toEqual(words);
  });

  it('count although they cannot be noted', async () => {
    const broken = noted(() => Promise.reject(new Error('the database is away')));
    expect(await broken({ orderId: newId('order'), step: 'undo reserve' }, () => Promise.resolve(7), String)).toBe(7);
  });
});
