import { newId, newUuid, uuidOf } from '@tandem/host';
import { Unavailable } from '@tandem/messaging';
import type { QueuedMail } from '../domain/delivery-ledger.js';
import { SendMails } from './send-mail.js';

const aMail = (to: string, attempts: number): QueuedMail => ({
  id: newUuid(),
  orderId: uuidOf('order', newId('order')),
  kind: 'order.confirmed',
  messageId: `<${newUuid()}@mail.tandem.example>`,
  to,
  subject: 'Hello',
  facts: { locale: 'en', values: {}, attachesInvoice: false, cause: { type: 'order.confirmed.v1', id: newUuid() } },
  written: null,
  token: newUuid(),
  attempts,
  queuedAt: new Date(),
});

const sender = () =>
  new SendMails({
    transport: { send: () => Promise.reject(new Unavailable('smtp')) },
    render: () => ({ html: '', text: '', version: 'abc' }),
    findInvoice: () => Promise.resolve(undefined),
    unsubscribeUrl: (token: string) => token,
    now: () => new Date(),
  } as unknown as ConstructorParameters<typeof SendMails>[0]);

describe('a server that is away', () => {
  it('is waited for with all mails, however often one was tried', async () => {
    expect(await sender().attempt(aMail('ada@tandem.example', 50), () => true)).toMatchObject({ kind: 'again', afterMs: 5_000 });
  });

  it('for one mail alone delays that mail, for longer each time, and not for ever', async () => {
    const mail = aMail('ada@tandem.example', 4);
    expect(await sender().attempt(mail, () => false)).toMatchObject({ kind: 'again', afterMs: 40_000 });
    const old = { ...mail, queuedAt: new Date(Date.now() - 49 * 3_600_000) };
    expect(await sender().attempt(old, () => false)).toMatchObject({ kind: 'failed' });
  });
});
