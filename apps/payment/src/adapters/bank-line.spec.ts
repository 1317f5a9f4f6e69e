import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { createMetrics } from '@tandem/host';
import { eventually } from '@tandem/host/testing';
import { money } from '@tandem/kernel';
import { giveUp } from './bank-line.js';
import { sandboxBank } from './sandbox-bank.js';

describe('a bank that has trouble', () => {
  const { registry } = createMetrics('payment', false);
  let server: Server;
  let bank: ReturnType<typeof sandboxBank>;
  let asked = 0;
  /** What it answers with; `undefined`: nothing. */
  let status: number | undefined;
  const body = () => (status === 200 ? { id: 'ch_1', status: 'captured', data: [] } : { declineCode: 'declined' });

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked += 1;
      if (status === undefined) return;
      request
        .resume()
        .on('end', () => response.writeHead(status as number, { 'content-type': 'application/json' }).end(JSON.stringify(body())));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    bank = sandboxBank({ url: `http://127.0.0.1:${port}`, deadlineMs: 1_000, registry });
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await bank.close();
  });
  beforeEach(() => void (asked = 0));
  afterEach(() => jest.restoreAllMocks());

  const charge = async (key: string) =>
    (await bank.charge({ key, orderId: 'o', amount: money(1n, 'EUR'), paymentMethod: 'pm_card_visa', chargeId: null })).kind;
  const state = async () =>
    (await registry.getSingleMetric('bank_circuit_state')?.get())?.values.find(({ value }) => value === 1)?.labels['state'];
  const charges = (count: number) => Promise.all(Array.from({ length: count }, (_, n) => charge(`k${n}`)));
  /** However slow the machine is, the bank is given up for as long as this stands still. */
  const stopClock = () => jest.spyOn(Date, 'now').mockReturnValue(Date.now());
  const isDue = () =>
    eventually(
      () => charge('again'),
      (kind) => kind === 'captured',
    );

  it('is called on while it declines, however often', async () => {
    status = 402;
    expect(new Set(await charges(3 * giveUp.after))).toEqual(new Set(['declined']));
    expect([asked, await state()]).toEqual([3 * giveUp.after, 'closed']);
  });

  it('is called on while it fails and answers by turns', async () => {
    for (let round = 0; round < 2; round += 1) {
      status = undefined;
      expect(new Set(await charges(giveUp.after - 1))).toEqual(new Set(['unknown']));
      status = 200;
      expect(await charge('well')).toBe('captured');
    }
    expect(await state()).toBe('closed');
  });

  it('is given up when it hangs: no charge is begun any more, at once, until one that finds out is answered', async () => {
    status = undefined;
    const clock = stopClock();
    expect(new Set(await charges(giveUp.after))).toEqual(new Set(['unknown']));
    expect([asked, await state()]).toEqual([giveUp.after, 'open']);
    expect([new Set(await charges(50)), asked]).toEqual([new Set(['unavailable']), giveUp.after]);
    clock.mockRestore();
    status = 200;
    await isDue();
    expect([new Set(await charges(5)), await state()]).toEqual([new Set(['captured']), 'closed']);
  });

  it('is found out about by one call, and nobody waits for that one', async () => {
    status = undefined;
    await charges(giveUp.after);
    asked = 0;
    const finding = eventually(
      async () => [
        await bank.find({ key: 'k', orderId: 'o', amount: money(1n, 'EUR'), paymentMethod: 'pm_card_visa', chargeId: null }),
        asked,
      ],
      ([, count]) => count === 1,
    );
    await eventually(
      () => asked,
      (count) => count === 1,
    );
    expect([await charges(10), asked]).toEqual([Array(10).fill('unavailable'), 1]);
    expect(await state()).toBe('half-open');
    await finding;
    expect(await state()).toBe('open');
    status = 200;
    await isDue();
  });

  it('is given up when it answers by 503 only', async () => {
    status = 503;
    const clock = stopClock();
    await charges(giveUp.after);
    expect([await state(), await charge('k')]).toEqual(['open', 'unavailable']);
    clock.mockRestore();
    status = 200;
    await isDue();
  });
});
