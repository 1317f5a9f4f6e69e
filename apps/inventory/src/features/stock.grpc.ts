import { Controller } from '@nestjs/common';
import { type commonV1, inventoryV1 } from '@tandem/contracts';
import { type Caller, hashOf, invalidField, newUuid, parsePublicId, Refusal, Rpc, scopeOf, toPublicId } from '@tandem/host';
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
    const fresh = stock.map(({ variantId, quantity }, index) => {
      const uuid = parsePublicId('variant', variantId);
      if (uuid === undefined) throw invalidField(`/stock/${index}/variantId`, 'id', 'is not the id of a variant');
      if (quantity < 0 || quantity > mostOnHand) throw invalidField(`/stock/${index}/quantity`, 'range', `must be 0 to ${mostOnHand}`);
      return { variantId: uuid, quantity };
    });
    await this.introduceStock.run(fresh);
    return {};
  }

  @Rpc('InventoryService', 'adjustStock', ['staff'])
  handleAdjust(request: inventoryV1.AdjustStockRequest, caller: Caller): Promise<inventoryV1.StockLevel> {
    const scope = scopeOf(caller, hashOf('inventory.AdjustStock', inventoryV1.AdjustStockRequest.encode(request).finish()));
    return this.adjustStock.run(commandOf(request), { caller, scope, answer: toAdjusted });
  }
}

function commandOf({ variantId, quantity, reason }: inventoryV1.AdjustStockRequest): AdjustStockCommand {
  const uuid = parsePublicId('variant', variantId);
  if (uuid === undefined) throw new Refusal('unknown-variant');
  if (quantity === 0 || Math.abs(quantity) > limits.adjustment) throw invalidField('/quantity', 'range', `must be ±1 to ±${limits.adjustment}`);
  if (reason.trim() === '' || reason.length > limits.reason || reason.includes('\0')) throw invalidField('/reason', 'length', `must be 1 to ${limits.reason} characters`);
  return { variantId: uuid, quantity, reason, causeId: newUuid() };
}

function toAdjusted(outcome: Adjustment): inventoryV1.StockLevel {
  switch (outcome.kind) {
    case 'adjusted':
      return toLevel(outcome.level);
    case 'too-much':
      throw invalidField('/quantity', 'range', `would leave more than ${mostOnHand} units`);
    case 'unknown-variant':
    case 'stock-would-be-negative':
      throw new Refusal(outcome.kind);
  }
}

function toLevel(level: StockLevel): inventoryV1.StockLevel {
  return { variantId: toPublicId('variant', level.variantId), onHand: level.onHand, reserved: level.reserved, available: availableOf(level) };
}
