import type { loyaltyV1, shippingV1 } from '@tandem/contracts';
import { z } from 'zod';
import { digits, listOf, present } from './common.schema.js';

const ShipmentStatus = z.enum(['created', 'in-transit', 'delivered', 'lost', 'returned', 'voided']);
export const Shipment = z
  .object({
    id: z.string(),
    orderId: z.string(),
    status: ShipmentStatus,
    carrier: z.string(),
    trackingCode: z.string(),
    parcels: z.array(
      z.object({
        weightGrams: z.int(),
        lines: z.array(z.object({ lineId: z.string(), quantity: z.int() })),
        trackingCode: z.string().optional().describe("Its label's, which may be for all parcels"),
        status: ShipmentStatus.optional(),
      }),
    ),
    estimatedDelivery: z.iso
      .date()
      .optional()
      .describe('The day the last parcel should arrive, as it was known when the labels were bought'),
    history: z.array(z.object({ status: z.string(), at: z.string() })),
  })
  .meta({ id: 'Shipment' });
export type Shipment = z.infer<typeof Shipment>;
export const Shipments = listOf(Shipment, 'Shipments');
/** Whose label. */
export const LabelQuery = z.strictObject({
  parcel: z
    .preprocess(digits, z.int('wants a whole number, 1 to 100').min(1, 'wants 1 to 100').max(100, 'wants 1 to 100'))
    .optional()
    .describe('Which parcel, counted from 1, default 1'),
});

export const Loyalty = z
  .object({
    balance: z.int().describe('Points to spend'),
    pending: z.int().describe('Points of orders not yet delivered'),
    tier: z.string(),
    nextTier: z.object({ tier: z.string(), pointsMissing: z.int() }).optional(),
  })
  .meta({ id: 'Loyalty' });

const PointsEntry = z
  .object({ id: z.string(), kind: z.string(), points: z.int().describe('Signed'), orderId: z.string().optional(), at: z.string() })
  .meta({ id: 'PointsEntry' });
export const PointsEntries = listOf(PointsEntry, 'PointsEntries');

export function shipmentFrom(shipment: shippingV1.Shipment): Shipment {
  const { id, orderId, status, carrier, trackingCode, parcels, history, estimatedDelivery } = shipment;
  return {
    id,
    orderId,
    status: status as Shipment['status'],
    carrier,
    trackingCode,
    parcels: parcels.map(({ weightGrams, lines, ...label }) => ({
      weightGrams,
      lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
      ...present({ trackingCode: label.trackingCode, status: label.status as Shipment['status'] | undefined }),
    })),
    ...present({ estimatedDelivery }),
    history: history.map(({ status: step, at }) => ({ status: step, at })),
  };
}

export function loyaltyFrom({ balance, pending, tier, nextTier }: loyaltyV1.Balance): z.infer<typeof Loyalty> {
  return {
    balance: Number(balance),
    pending: Number(pending),
    tier,
    ...present({ nextTier: nextTier && { tier: nextTier.tier, pointsMissing: Number(nextTier.pointsMissing) } }),
  };
}

export function pointsEntryFrom({ id, kind, points, orderId, at }: loyaltyV1.Transaction): z.infer<typeof PointsEntry> {
  return { id, kind, points: Number(points), ...present({ orderId }), at };
}
