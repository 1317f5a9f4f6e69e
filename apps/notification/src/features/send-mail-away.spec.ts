import { newId, newUuid, uuidOf } from '@tandem/host';
import { Unavailable } from '@tandem/messaging';
import type { QueuedMail } from '../domain/delivery-ledger.js';
import type { Sending } from '../domain/mail-transport.js';
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

/** A server that says it is away of `cut@`, and takes the rest. */
const sender = () =>
  new SendMails({
    transport: {
      send: async ({ to }: { to: string }): Promise<Sending> => {
        if (to.startsWith('cut@')) throw new Unavailable('smtp');
        return { kind: 'accepted', because: '250 OK' };
      },
    },
    render: () => ({ html: '', text: '', version: 'abc' }),
    findInvoice: () => Promise.resolve(undefined),
    unsubscribeUrl: (token: string) => token,
    now: () => new Date(),
  } as unknown as ConstructorParameters<typeof SendMails>[0]);

describe('a server that is away', () => {
  it('is waited for with all mails, however often one was tried', async () => {
    expect(await sender().attempt(aMail('cut@tandem.example', 50))).toMatchObject({ kind: 'again', isAway: true });
  });

  it('that took another mail just now means the one it is away for: after some tries no other mail waits for that', async () => {
    const mails = sender();
    await mails.attempt(aMail('ada@tandem.example', 1));
    expect(await mails.attempt(aMail('cut@tandem.example', 3))).toMatchObject({ kind: 'again', isAway: true });
    const own = await mails.attempt(aMail('cut@tandem.example', 4));
    expect([own.kind, own.afterMs, 'isAway' in own]).toEqual(['again', 40_000, false]);
    const old = { ...aMail('cut@tandem.example', 4), queuedAt: new Date(Date.now() - 49 * 3_600_000) };
    expect(await mails.attempt(old)).toMatchObject({ kind: 'failed' });
  });
});
