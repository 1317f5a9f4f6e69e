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

  beforeAll(async () => {
    db = await createSpecDatabase('notification');
    grpc = new InboxGrpc(new InboxParts(pgInbox(db.database), pgPreferences(db.database), db.database));
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
