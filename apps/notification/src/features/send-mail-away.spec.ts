import { newId, newUuid, uuidOf } from '@tandem/host';
import { Unavailable } from '@tandem/messaging';
import type { QueuedMail } from '../domain/delivery-ledger.js';
import { SendMails } from './send-mail.js';

const aMail = (putOffMs = 0): QueuedMail => ({
  id: newUuid(),
  orderId: uuidOf('order', newId('order')),
  kind: 'order.confirmed',
  messageId: `<${newUuid()}@mail.tandem.example>`,
  to: 'ada@tandem.example',
  subject: 'Hello',
  facts: { locale: 'en', values: {}, attachesInvoice: false, cause: { type: 'order.confirmed.v1', id: newUuid() } },
  written: null,
  token: newUuid(),
  attempts: 50,
  putOffMs,
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
    expect(await sender().attempt(aMail(), () => true)).toEqual({
      kind: 'again',
      because: 'smtp is unavailable',
      afterMs: 5_000,
      template: 'abc',
    });
  });

  it('for one mail alone delays that mail, for longer each time up to ten minutes; none is given up for that, nor is that a part of the 48 hours', async () => {
    const waits: unknown[] = [];
    for (const putOffMs of [0, 5_000, 40_000, 595_000, 600_000, 48 * 3_600_000]) {
      const outcome = await sender().attempt(aMail(putOffMs), () => false);
      waits.push(outcome.kind === 'again' ? [outcome.afterMs / 1_000, (outcome.putOffMs ?? Number.NaN) / 1_000] : outcome.kind);
    }
    expect(waits).toEqual([
      [5, 5],
      [5, 10],
      [40, 80],
      [595, 600],
      [600, 600],
      [600, 172_800],
    ]);
  });
});
