import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant, money } from './fields.js';

/** A product was created or changed; whoever keeps a copy reads it anew. */
export const ProductChangedV1 = defineEvent({
  type: 'product.changed.v1',
  topic: 'product',
  summary: 'A product was created or changed; whoever keeps a copy reads it anew.',
  key: (data) => data.productId,
  schema: z.object({
    productId: id('prod'),
    slug: z.string(),
    /** Rises by one with every change. */
    version: z.int().positive(),
    /** What changed was this price. Absent for a price that is new. */
    repriced: z.object({ variantId: id('var'), was: money, is: money }).optional(),
    at: instant,
  }),
});
export type ProductChangedV1 = DataOf<typeof ProductChangedV1>;
