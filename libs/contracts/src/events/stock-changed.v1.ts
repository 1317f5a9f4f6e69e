import { z } from 'zod';
import { type DataOf, defineEvent } from '../define-event.js';
import { id, instant } from './fields.js';

/** Stock of a variant was adjusted, ran out or came back. Ordinary reservations are not told. */
export const StockChangedV1 = defineEvent({
  type: 'stock.changed.v1',
  topic: 'stock',
  summary: 'Stock of a variant was adjusted, ran out or came back. Ordinary reservations are not told.',
  key: (data) => data.variantId,
  schema: z.object({
    variantId: id('var'),
    onHand: z.int(),
    available: z.int(),
    /** What was available before: 0 or less of a variant that comes back. Left out by releases before 2026-11-22. */
    availableBefore: z.int().optional(),
    because: z.enum(['adjusted', 'sold-out', 'back-in-stock']),
    at: instant,
  }),
});
export type StockChangedV1 = DataOf<typeof StockChangedV1>;
