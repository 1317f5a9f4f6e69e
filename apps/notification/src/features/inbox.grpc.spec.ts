import { type Caller, newId, type Refusal } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgInbox } from '../adapters/pg-inbox.js';
import { pgPreferences } from '../adapters/pg-preferences.js';
import { InboxGrpc, InboxParts } from './inbox.grpc.js';

const email = { order: true, shipment: true, loyalty: false, marketing: false };
const quietHours = { from: '22:00', to: '07:05', timeZone: 'Asia/Kolkata' };

describe('what somebody wants to be told', () => {
  let db: SpecDatabase;
  let grpc: InboxGrpc;
  const caller = { by: { kind: 'user', principal: { id: newId('customer'), kind: 'customer' } } } as unknown as Caller;

  const shopWith = (offers: { readonly sms: boolean }) =>
    new InboxGrpc(new InboxParts(pgInbox(db.database), pgPreferences(db.database), db.database, offers));
  const refusalOf = (asked: Promise<unknown>) =>
    asked.then(
      () => 'taken',
      ({ problem }: Refusal) => problem.errors?.map(({ pointer, code }) => [pointer, code]),
    );

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
    grpc = shopWith({ sms: true });
  });
  afterAll(() => db.drop());

  it('is replaced as a whole: hours that are not named are none', async () => {
    expect(await grpc.preferences({}, caller)).toEqual({
      email: { order: true, shipment: true, loyalty: true, marketing: false },
      digest: false,
    });
    for (const wish of [
      { email, quietHours, digest: true },
      { email, digest: false },
    ]) {
      expect(await grpc.replace(wish, caller)).toEqual(wish);
      expect(await grpc.preferences({}, caller)).toEqual(wish);
    }
  });

  it('has text messages once they are chosen; who does not name them keeps what was chosen', async () => {
    const sms = { to: '+4915112345678', topics: { order: false, shipment: true, loyalty: false, marketing: false } };
    const other = { by: { kind: 'user', principal: { id: newId('customer'), kind: 'customer' } } } as unknown as Caller;
    expect(await grpc.replace({ email, digest: false, sms }, other)).toEqual({ email, digest: false, sms });
    expect(await grpc.replace({ email, digest: true }, other)).toEqual({ email, digest: true, sms });
    const none = { to: '+33612345678', topics: { order: false, shipment: false, loyalty: false, marketing: false } };
    expect(await grpc.replace({ email, digest: true, sms: none }, other)).toEqual({ email, digest: true, sms: none });
    expect(await grpc.preferences({}, caller)).not.toHaveProperty('sms');
    const numbers = ['', '4915112345678', '+0151123456', '+49 151 12345678', '+12345', '+1234567890123456'];
    expect(await Promise.all(numbers.map((to) => refusalOf(grpc.replace({ email, digest: false, sms: { ...sms, to } }, other))))).toEqual(
      numbers.map(() => [['/sms/to', 'malformed']]),
    );
    const without = shopWith({ sms: false });
    expect([
      await refusalOf(without.replace({ email, digest: false, sms }, other)),
      await refusalOf(without.replace({ email, digest: false, sms: none }, other)),
      await refusalOf(without.replace({ email, digest: false }, other)),
    ]).toEqual([[['/sms', 'not-offered']], 'taken', 'taken']);
  });

  it('is refused by the name of the field', async () => {
    const refused = [{ timeZone: 'Mars/Olympus' }, { timeZone: '+01:00' }, { from: '24:00' }, { to: '7:00' }, { to: '22:00' }].map(
      (wrong) => ({
        email,
        quietHours: { ...quietHours, ...wrong },
        digest: false,
      }),
    );
    const pointers = await Promise.all(
      refused.map((wish) =>
        grpc.replace(wish, caller).then(
          () => [],
          ({ problem }: Refusal) => problem.errors?.map(({ pointer }) => pointer),
        ),
      ),
    );
    expect(pointers).toEqual([
      ['/quietHours/timeZone'],
      ['/quietHours/timeZone'],
      ['/quietHours/from'],
      ['/quietHours/to'],
      ['/quietHours/to'],
    ]);
  });
});
