import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant } from './fields.js';

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
    at: instant,
  }),
});
export type ProductChangedV1 = DataOf<typeof ProductChangedV1>;
