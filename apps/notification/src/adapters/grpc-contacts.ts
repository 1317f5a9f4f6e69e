import type { customerV1 } from '@tandem/contracts';
import { isPeerAway, type Peer, Refusal, toPublicId } from '@tandem/host';
import { Unavailable } from '@tandem/messaging';
import type { FindContact } from '../domain/news.js';
import { type Locale, locales } from '../domain/texts/texts.js';

/** Addresses as the customer service has them at this moment. Rejects with `Unavailable('customer')` while it is away. */
export function grpcContacts(customer: Pick<Peer<typeof customerV1.CustomerServiceService>, 'getProfile'>): FindContact {
  return async (ownerId) => {
    try {
      const { email, locale } = await customer.getProfile({ customerId: toPublicId('customer', ownerId) }, { isRepeatable: true });
      return email === undefined ? undefined : { email, locale: locales.find((known) => known === locale) ?? ('en' satisfies Locale) };
    } catch (error) {
      if (error instanceof Refusal && error.problem.code === 'not-found') return undefined;
      throw isPeerAway(error) ? new Unavailable('customer', { cause: error }) : error;
    }
  };
}
