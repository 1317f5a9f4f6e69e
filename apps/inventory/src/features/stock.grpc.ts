import { Controller } from '@nestjs/common';
import { type commonV1, inventoryV1 } from '@tandem/contracts';
import {
  type Caller,
  hashOf,
  invalidField,
  newUuid,
  noSuchVariant,
  parsePublicId,
  Refusal,
  Rpc,
  scopeOf,
  toPublicId,
  uuidOfField,
} from '@tandem/host';
import { defaultLocation } from '../domain/allocation.js';
import type { FirstStock } from '../domain/ports.js';
import { availableOf, mostOnHand, type StockLevel } from '../domain/stock.js';
import { AdjustStock, type AdjustStockCommand, type Adjustment } from './adjust-stock.js';
import { IntroduceStock } from './introduce-stock.js';
import { ReadAvailability } from './read-availability.js';

/** Limits of a request: variants at once, units of one adjustment, characters of its reason. */
const limits = { variants: 10_000, adjustment: 1_000_000, reason: 500 };

/** What is in stock, first stock, and corrections by staff. */
@Controller()
export class StockGrpc {
  constructor(
    private readonly readAvailability: ReadAvailability,
    private readonly introduceStock: IntroduceStock,
    private readonly adjustStock: AdjustStock,
  ) {}

  @Rpc('InventoryService', 'availability', ['user', 'service'])
  async handleAvailability({ variantIds }: inventoryV1.AvailabilityRequest): Promise<inventoryV1.StockLevels> {
    if (variantIds.length > limits.variants) throw invalidField('/variantIds', 'count', `must be at most ${limits.variants}`);
    const known = variantIds.map((id) => parsePublicId('variant', id)).filter((id) => id !== undefined);
    const levels = await this.readAvailability.run(known);
    return { levels: levels.map(toLevel) };
  }

  @Rpc('InventoryService', 'introduceStock', ['service'])
  async handleIntroduce({ stock }: inventoryV1.IntroduceStockRequest): Promise<commonV1.Empty> {
    if (stock.length > limits.variants) throw invalidField('/stock', 'count', `must be at most ${limits.variants}`);
    await this.introduceStock.run(stock.map((each, index) => firstOf(each, `/stock/${index}`)));
    return {};
  }

  @Rpc('InventoryService', 'listSeats', ['public', 'user', 'service'])
  async handleSeats({ variantIds }: inventoryV1.ListSeatsRequest): Promise<inventoryV1.Seats> {
    if (variantIds.length > limits.variants) throw invalidField('/variantIds', 'count', `must be at most ${limits.variants}`);
    const known = variantIds.map((id) => parsePublicId('variant', id)).filter((id) => id !== undefined);
    const seats = await this.readAvailability.seats(known);
    return { seats: seats.map(({ variantId, label, status }) => ({ variantId: toPublicId('variant', variantId), label, status })) };
  }

  @Rpc('InventoryService', 'adjustStock', ['staff'])
  handleAdjust(request: inventoryV1.AdjustStockRequest, caller: Caller): Promise<inventoryV1.StockLevel> {
    const scope = scopeOf(caller, hashOf('inventory.AdjustStock', inventoryV1.AdjustStockRequest.encode(request).finish()));
    return this.adjustStock.run(commandOf(request), { caller, scope, answer: (outcome) => toAdjusted(outcome, request.variantId) });
  }
}

function firstOf({ variantId, quantity, seats, elsewhere }: inventoryV1.NewStock, at: string): FirstStock {
  const units = (value: number, pointer: string): number => {
    if (value < 0 || value > mostOnHand) throw invalidField(pointer, 'range', `must be 0 to ${mostOnHand}`);
    return value;
  };
  if (seats.length > 0 && (new Set(seats).size !== quantity || elsewhere.length > 0))
    throw invalidField(`${at}/seats`, 'count', 'must be as many as quantity, each once, and none elsewhere');
  return {
    variantId: uuidOfField('variant', variantId, `${at}/variantId`),
    quantity: units(quantity, `${at}/quantity`),
    seats,
    elsewhere: elsewhere.map((place, index) => ({
      locationId: uuidOfField('location', place.locationId, `${at}/elsewhere/${index}/locationId`),
      quantity: units(place.quantity, `${at}/elsewhere/${index}/quantity`),
    })),
  };
}

function commandOf({ variantId, quantity, reason, locationId }: inventoryV1.AdjustStockRequest): AdjustStockCommand {
  const uuid = parsePublicId('variant', variantId);
  if (uuid === undefined) throw noSuchVariant(variantId);
  if (quantity === 0 || Math.abs(quantity) > limits.adjustment)
    throw invalidField('/quantity', 'range', `must be ±1 to ±${limits.adjustment}`);
  if (reason.trim() === '' || reason.length > limits.reason || reason.includes('\0'))
    throw invalidField('/reason', 'length', `must be 1 to ${limits.reason} characters`);
  return {
    variantId: uuid,
    locationId: locationId === undefined ? defaultLocation : uuidOfField('location', locationId, '/locationId'),
    quantity,
    reason,
    causeId: newUuid(),
  };
}

function toAdjusted(outcome: Adjustment, variantId: string): inventoryV1.StockLevel {
  switch (outcome.kind) {
    case 'adjusted':
      return toLevel(outcome.level);
    case 'too-much':
      throw invalidField('/quantity', 'range', `would leave more than ${mostOnHand} units`);
    case 'unknown-location':
      throw invalidField('/locationId', 'unknown', 'is no location of ours');
    case 'seated':
      throw invalidField('/variantId', 'seated', 'has seats: there are as many units as seats');
    case 'unknown-variant':
      throw noSuchVariant(variantId);
    case 'stock-would-be-negative':
      throw new Refusal(outcome.kind, { detail: whatIsThere(outcome) });
  }
}

function whatIsThere({ onHand, reserved }: Pick<StockLevel, 'onHand' | 'reserved'>): string {
  return `${onHand} are on hand at this location, ${reserved} of them reserved: take away ${onHand - reserved} at most`;
}

/** A level on the wire. */
export function toLevel(level: StockLevel): inventoryV1.StockLevel {
  return {
    variantId: toPublicId('variant', level.variantId),
    onHand: level.onHand,
    reserved: level.reserved,
    available: availableOf(level),
    seated: level.seated,
  };
}
