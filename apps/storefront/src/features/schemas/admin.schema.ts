import type { inventoryV1 } from '@tandem/contracts';
import { z } from 'zod';
import { Amount, line } from './common.schema.js';

const maxStock = 1_000_000;
const NewVariant = z
  .strictObject({
    sku: line(64),
    title: line(200),
    prices: z.array(Amount).min(1).max(20).describe('One per currency'),
    stock: z.int().min(0).max(maxStock),
    weightGrams: z.int().min(0).max(1_000_000).optional(),
  })
  .meta({ id: 'NewVariant' });

export const NewProduct = z
  .strictObject({
    title: line(200),
    description: z.string().max(5_000),
    category: line(100),
    slug: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'wants lower-case words joined by hyphens').max(200).optional(),
    variants: z.array(NewVariant).min(1).max(100),
  })
  .meta({ id: 'NewProduct' });

export const StockAdjustment = z
  .strictObject({
    variantId: z.string().min(1).max(100),
    quantity: z.int().min(-maxStock).max(maxStock).refine((units) => units !== 0, 'wants units to add or take, not 0').describe('Units to add, or below 0 to take'),
    reason: line(200),
  })
  .meta({ id: 'StockAdjustment' });

export const StockLevel = z.object({ variantId: z.string(), onHand: z.int(), reserved: z.int(), available: z.int() }).meta({ id: 'StockLevel' });

export function stockLevelFrom({ variantId, onHand, reserved, available }: inventoryV1.StockLevel): z.infer<typeof StockLevel> {
  return { variantId, onHand, reserved, available };
}
