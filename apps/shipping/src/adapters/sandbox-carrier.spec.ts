import { newId } from '@tandem/host';
import { type SpecSandbox, startSpecSandbox } from '@tandem/host/testing';
import { type CarrierBench, carrierContract } from '../domain/carrier.contract.js';
import { sandboxCarrier } from './sandbox-carrier.js';

describe('the sandbox carrier', () => {
  let sandbox: SpecSandbox;
  let carrier: ReturnType<typeof sandboxCarrier>;
  let bench: CarrierBench;

  beforeAll(async () => {
    sandbox = await startSpecSandbox();
    carrier = sandboxCarrier(sandbox.url);
    bench = {
      carrier,
      newOrderId: () => newId('order'),
      unreachable: { line1: 'UNDELIVERABLE Lane 1' },
      books: async (orderId) =>
        (await sandbox.ask('GET', `/carrier/labels?orderId=${orderId}`))['data'] as { trackingCode: string; status: string }[],
      dispatch: (trackingCode) => sandbox.ask('POST', `/carrier/shipments/${trackingCode}/events`, { status: 'in-transit' }),
      whileAway: async (work) => {
        await sandbox.kill();
        return work().finally(() => sandbox.start());
      },
      whileFailing: async (work) => {
        await sandbox.ask('PUT', '/faults', { carrier: { errorRate: 1 } });
        return work().finally(() => sandbox.ask('PUT', '/faults', { carrier: {} }));
      },
    };
  });
  afterAll(async () => {
    await carrier.close();
    await sandbox.end();
  });

  carrierContract(() => bench);
});
