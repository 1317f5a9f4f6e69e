import { newId, newUuid } from '@tandem/host';
import { type SpecSandbox, startSpecSandbox } from '@tandem/host/testing';
import { money } from '@tandem/kernel';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { paymentProviderContract, type ProviderBench } from '../domain/payment-provider.contract.js';
import { sandboxBank } from './sandbox-bank.js';
import { deadlineMs, startHangingBank } from './testing/hanging-bank.js';

type Bank = ReturnType<typeof sandboxBank>;
const methods = {
  approves: 'pm_card_visa',
  declines: 'pm_card_insufficient_funds',
  failsTwice: 'pm_card_error_500',
  takesAndIsSilent: 'pm_card_timeout_charged',
  isSilent: 'pm_card_timeout_uncharged',
};

describe('the sandbox bank', () => {
  let sandbox: SpecSandbox;
  let bench: ProviderBench & { provider: Bank; impatient: Bank };

  beforeAll(async () => {
    sandbox = await startSpecSandbox();
    bench = {
      provider: sandboxBank({ url: sandbox.url, deadlineMs: 5_000 }),
      impatient: sandboxBank({ url: sandbox.url, deadlineMs: 300 }),
      methods,
      newOrderId: () => newId('order'),
      books: (orderId) => booksOf(sandbox, orderId),
      whileAway: async (work) => {
        await sandbox.kill();
        return work().finally(() => sandbox.start());
      },
      whileRefusing: async (work) => {
        await sandbox.ask('PUT', '/faults', { bank: { down: true } });
        return work().finally(() => sandbox.ask('PUT', '/faults', { bank: {} }));
      },
    };
  });
  afterAll(async () => {
    await Promise.all([bench.provider.close(), bench.impatient.close()]);
    await sandbox.end();
  });

  paymentProviderContract(() => bench);

  it('answers a challenge as an action to take, which ends as it is answered', async () => {
    const wanted = { key: newUuid(), orderId: newId('order'), amount: money(1n, 'EUR'), paymentMethod: 'pm_card_3ds', chargeId: null };
    const challenged = await bench.provider.charge(wanted);
    expect(challenged).toEqual({
      kind: 'requires-action',
      chargeId: expect.any(String) as string,
      actionUrl: expect.stringContaining('/bank/challenges/') as string,
    });
    if (challenged.kind === 'requires-action') await sandbox.ask('POST', new URL(challenged.actionUrl).pathname, { outcome: 'fail' });
    expect(await bench.provider.find(wanted)).toEqual({ kind: 'declined', declineCode: 'authentication-failed' });
  });
});

/** A bank that fails once and then hangs up, however often it is asked. */
describe('a bank that fails and then goes away', () => {
  let server: Server;
  let bank: Bank;
  let asked = 0;

  beforeAll(async () => {
    server = createServer((_request, response) => {
      asked += 1;
      server.close();
      response.writeHead(500, { 'content-type': 'application/json', connection: 'close' }).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    bank = sandboxBank({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, deadlineMs: 2_000 });
  });
  afterAll(() => bank.close());

  it('may have charged: its end is unknown, not that it was away', async () => {
    expect(await bank.charge({ key: 'k', orderId: 'o', amount: money(1n, 'EUR'), paymentMethod: 'pm_card_visa', chargeId: null })).toEqual({
      kind: 'unknown',
    });
    expect(asked).toBe(1);
  });
});

describe('a bank that hangs', () => {
  it('holds 64 calls; those that waited for a place until their deadline are never sent', async () => {
    const hanging = await startHangingBank();
    const bank = sandboxBank({ url: hanging.url, deadlineMs });
    const charge = (n: number) =>
      bank.charge({ key: `k${n}`, orderId: 'o', amount: money(1n, 'EUR'), paymentMethod: 'pm_card_visa', chargeId: null });
    const calls = Array.from({ length: 70 }, (_, n) => charge(n));
    const ends = await hanging.endsWhenCutLate(calls, 64).finally(async () => (hanging.stop(), await bank.close()));
    const count = (kind: string) => ends.filter((end) => end.kind === kind).length;
    const seen = { unknown: count('unknown'), unavailable: count('unavailable'), asked: hanging.asked() };
    expect(seen).toEqual({ unknown: 64, unavailable: 6, asked: 64 });
  });
});

async function booksOf(sandbox: SpecSandbox, orderId: string): ReturnType<ProviderBench['books']> {
  const charges = (await sandbox.ask('GET', `/bank/charges?orderId=${orderId}`))['data'] as { status: string }[];
  const refunds = (await sandbox.ask('GET', `/bank/refunds?orderId=${orderId}`))['data'] as { amount: { amount: number } }[];
  return {
    charges: charges.map(({ status }) => ({ status })),
    refundedMinor: refunds.reduce((total, { amount }) => total + amount.amount, 0),
  };
}
