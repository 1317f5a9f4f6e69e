import { Controller } from '@nestjs/common';
import { type commonV1, inventoryV1 } from '@tandem/contracts';
import { invalidField, Rpc, toPublicId, uuidOfField } from '@tandem/host';
import type { OrderLine, Shortage } from '../domain/reservation.js';
import type { TakenPart } from '../domain/ports.js';
import { ReleaseStock } from './release-stock.js';
import { ReserveStock } from './reserve-stock.js';
import { TakeStock } from './take-stock.js';

/** Limits of a request: an order has at most 100 lines of 1 to 999 units; a hold lasts a day at most, 15 minutes when nothing is said. */
const limits = { lines: 100, quantity: 999, ttlSeconds: 86_400, defaultTtlSeconds: 900 };

/** Reserve, take and release, called by the checkout; each may be repeated. */
@Controller()
export class ReservationsGrpc {
  constructor(
    private readonly reserveStock: ReserveStock,
    private readonly takeStock: TakeStock,
    private readonly releaseStock: ReleaseStock,
  ) {}

  @Rpc('InventoryService', 'reserve', ['service'])
  async handleReserve(request: inventoryV1.ReserveRequest): Promise<inventoryV1.Reservation> {
    const outcome = await this.reserveStock.run({ orderId: orderIdOf(request), lines: linesOf(request), ttlSeconds: ttlOf(request) });
    switch (outcome.kind) {
      case 'reserved':
        return { outcome: inventoryV1.Reservation_Outcome.OUTCOME_RESERVED, shortages: [] };
      case 'released':
        return { outcome: inventoryV1.Reservation_Outcome.OUTCOME_RELEASED, shortages: [] };
      case 'out-of-stock':
        return { outcome: inventoryV1.Reservation_Outcome.OUTCOME_OUT_OF_STOCK, shortages: outcome.shortages.map(toShortage) };
    }
  }

  @Rpc('InventoryService', 'take', ['service'])
  async handleTake(request: inventoryV1.TakeRequest): Promise<inventoryV1.Taking> {
    const outcome = await this.takeStock.run(orderIdOf(request));
    if (outcome.kind === 'expired') return { outcome: inventoryV1.Taking_Outcome.OUTCOME_EXPIRED, parts: [] };
    return { outcome: inventoryV1.Taking_Outcome.OUTCOME_TAKEN, parts: outcome.parts.map(toPart) };
  }

  @Rpc('InventoryService', 'release', ['service'])
  async handleRelease(request: inventoryV1.ReleaseRequest): Promise<commonV1.Empty> {
    await this.releaseStock.run(orderIdOf(request));
    return {};
  }
}

function orderIdOf({ orderId }: { readonly orderId: string }): string {
  return uuidOfField('order', orderId, '/orderId');
}

function linesOf({ lines }: inventoryV1.ReserveRequest): readonly OrderLine[] {
  if (lines.length < 1 || lines.length > limits.lines) throw invalidField('/lines', 'count', `must be 1 to ${limits.lines}`);
  if (new Set(lines.map(({ lineId }) => lineId)).size !== lines.length)
    throw invalidField('/lines', 'duplicate', 'must not name a line twice');
  return lines.map((line, index) => lineOf(line, `/lines/${index}`));
}

function lineOf({ lineId, variantId, quantity, seats }: inventoryV1.OrderLine, at: string): OrderLine {
  if (quantity < 1 || quantity > limits.quantity) throw invalidField(`${at}/quantity`, 'range', `must be 1 to ${limits.quantity}`);
  if (seats.length > 0 && new Set(seats).size !== quantity)
    throw invalidField(`${at}/seats`, 'count', 'must be as many as quantity, each once');
  return {
    lineId: uuidOfField('line', lineId, `${at}/lineId`),
    variantId: uuidOfField('variant', variantId, `${at}/variantId`),
    quantity,
    ...(seats.length > 0 ? { seats } : {}),
  };
}

function ttlOf({ ttlSeconds }: inventoryV1.ReserveRequest): number {
  if (ttlSeconds < 0 || ttlSeconds > limits.ttlSeconds)
    throw invalidField('/ttlSeconds', 'range', `must be 1 to ${limits.ttlSeconds}, or 0 for ${limits.defaultTtlSeconds}`);
  return ttlSeconds || limits.defaultTtlSeconds;
}

function toShortage({ lineId, variantId, quantity, available, seats = [] }: Shortage): inventoryV1.Shortage {
  return {
    lineId: toPublicId('line', lineId),
    variantId: toPublicId('variant', variantId),
    requested: quantity,
    available,
    seats: [...seats],
  };
}

function toPart({ lineId, locationId, quantity }: TakenPart): inventoryV1.TakenPart {
  return { lineId: toPublicId('line', lineId), locationId: toPublicId('location', locationId), quantity };
}
