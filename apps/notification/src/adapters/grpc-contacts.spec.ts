import { newUuid, PeerUnavailable, Refusal } from '@tandem/host';
import { grpcContacts } from './grpc-contacts.js';

describe('the address of an account', () => {
  const asked = (getProfile: () => Promise<never>) => grpcContacts({ getProfile })(newUuid());

  it.each([new PeerUnavailable('customer', 14), new Refusal('unavailable')])(
    'waits while the customer service is away: %s',
    async (error) =>
      expect(asked(() => Promise.reject(error))).rejects.toMatchObject({ name: 'Unavailable', system: 'customer', cause: error }),
  );

  it('is none where there is no such account', async () =>
    expect(await asked(() => Promise.reject(new Refusal('not-found')))).toBeUndefined());

  it('is not known where the answer makes no sense', async () =>
    expect(asked(() => Promise.reject(new Error('odd')))).rejects.toThrow('odd'));
});
