import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { customerId, instant } from './fields.js';

/** A customer has another tier than was told last. */
export const TierChangedV1 = defineEvent({
  type: 'tier.changed.v1',
  topic: 'loyalty',
  summary: 'A customer has another tier than was told last.',
  key: (data) => data.customerId,
  schema: z.object({
    customerId,
    tier: z.string(),
    at: instant,
  }),
});
export type TierChangedV1 = DataOf<typeof TierChangedV1>;
