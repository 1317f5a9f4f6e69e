import { newUuid } from '@tandem/host';
import { type SpecSandbox, startSpecSandbox } from '@tandem/host/testing';
import type { OutgoingSms } from '../domain/sms.js';
import { type SmsBench, smsContract } from '../domain/sms.contract.js';
import { sandboxSms } from './sandbox-sms.js';

describe('text messages by the sandbox', () => {
  let sandbox: SpecSandbox;
  let sms: ReturnType<typeof sandboxSms>;
  let bench: SmsBench;
  let numbers = 0;
  const newSms = (): OutgoingSms => ({
    id: newUuid(),
    to: `+49151${String((numbers += 1)).padStart(8, '0')}`,
    text: 'Tandem: Grüße zu deiner Bestellung, 12,50 €',
  });

  beforeAll(async () => {
    sandbox = await startSpecSandbox();
    sms = sandboxSms({ url: sandbox.url });
    bench = {
      sms,
      newSms,
      newUndeliverable: () => ({ ...newSms(), to: '+9991234567' }),
      received: async (to) => {
        const { data } = (await sandbox.ask('GET', `/sms/messages?to=${encodeURIComponent(to)}`)) as { data: { text: string }[] };
        return data.map(({ text }) => text);
      },
      whileAway: async (work) => {
        await sandbox.kill();
        return work().finally(() => sandbox.start());
      },
      whileRefusing: async (work) => {
        await sandbox.ask('PUT', '/faults', { sms: { down: true } });
        return work().finally(() => sandbox.ask('PUT', '/faults', { sms: {} }));
      },
    };
  });
  afterAll(async () => {
    await sms.close();
    await sandbox.end();
  });

  smsContract(() => bench);
});
