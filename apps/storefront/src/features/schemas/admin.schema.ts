import type { inventoryV1 } from '@tandem/contracts';
import { z } from 'zod';
import { Amount, line } from './common.schema.js';

const maxStock = 1_000_000;
const NewVariant = z
  .strictObject({
    sku: line(64),
    title: line(200),
    prices: z.array(Amount).min(1).max(20).describe('One per currency'),
    stock: z.int().min(0).max(maxStock).describe('Units at the default location'),
    seats: z.array(line(20)).max(10_000).optional().describe('Numbers of numbered units, as many as stock'),
    weightGrams: z.int().min(0).max(1_000_000).optional(),
  })
  .meta({ id: 'NewVariant' });

export const NewProduct = z
  .strictObject({
    title: line(200),
    description: z.string().max(5_000),
    category: line(100),
    slug: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'wants lower-case words joined by hyphens')
      .max(200)
      .optional(),
    variants: z.array(NewVariant).min(1).max(100),
  })
  .meta({ id: 'NewProduct' });

export const StockAdjustment = z
  .strictObject({
    variantId: z.string().min(1).max(100),
    quantity: z
      .int()
      .min(-maxStock)
      .max(maxStock)
      .refine((units) => units !== 0, 'wants units to add or take, not 0')
      .describe('Units to add, or below 0 to take'),
    reason: line(200),
    locationId: z.string().min(1).max(100).optional().describe('Where; the default location unless said otherwise'),
  })
  .meta({ id: 'StockAdjustment' });

const counts = { onHand: z.int(), reserved: z.int(), available: z.int() };
export const StockLevel = z
  .object({ variantId: z.string(), ...counts })
  .meta({ id: 'StockLevel', description: 'Of all locations together' });

export function stockLevelFrom({ variantId, onHand, reserved, available }: inventoryV1.StockLevel): z.infer<typeof StockLevel> {
  return { variantId, onHand, reserved, available };
}

export const NewLocation = z.strictObject({ name: line(100) }).meta({ id: 'NewLocation' });
export const Location = z.object({ id: z.string(), name: z.string() }).meta({ id: 'Location' });
export const Locations = z.object({ data: z.array(Location) }).meta({ id: 'Locations', description: 'The default one first' });

export const LocatedStock = z
  .object({ variantId: z.string(), ...counts, locations: z.array(z.object({ locationId: z.string(), name: z.string(), ...counts })) })
  .meta({ id: 'LocatedStock' });

export function locationFrom({ id, name }: inventoryV1.Location): z.infer<typeof Location> {
  return { id, name };
}

export function locatedStockFrom({ total, locations }: inventoryV1.LocatedStock): z.infer<typeof LocatedStock> {
  const { variantId = '', onHand = 0, reserved = 0, available = 0 } = total ?? {};
  const places = locations.map(({ location, ...level }) => ({
    locationId: location?.id ?? '',
    name: location?.name ?? '',
    onHand: level.onHand,
    reserved: level.reserved,
    available: level.available,
  }));
  return { variantId, onHand, reserved, available, locations: places };
}
