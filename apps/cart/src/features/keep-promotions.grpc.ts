import { Controller } from '@nestjs/common';
import { cartV1, type commonV1 } from '@tandem/contracts';
import { badCursor, type Caller, hashOf, invalidField, Rpc, scopeOf } from '@tandem/host';
import { currencies, isUuid } from '@tandem/kernel';
import type { AmountByCurrency, Effect } from '../domain/pricing/promotion.js';
import type { KeptPromotion } from '../domain/promotion-store.js';
import { KeepPromotions } from './keep-promotions.js';
import { promotionInput } from './promotion-input.js';

/** Promotions, by staff. */
@Controller()
export class KeepPromotionsGrpc {
  constructor(private readonly promotions: KeepPromotions) {}

  @Rpc('CartService', 'createPromotion', ['staff'])
  async create(request: cartV1.PromotionTerms, caller: Caller): Promise<cartV1.Promotion> {
    const scope = scopeOf(caller, hashOf('cart.CreatePromotion', cartV1.PromotionTerms.encode(request).finish()));
    return this.promotions.create(promotionInput(request), { caller, scope, answer: replyOf });
  }

  @Rpc('CartService', 'replacePromotion', ['staff'])
  async replace(request: cartV1.PromotionTerms): Promise<cartV1.Promotion> {
    return replyOf(await this.promotions.replace(promotionInput(request)));
  }

  @Rpc('CartService', 'getPromotion', ['staff'])
  async get({ code }: cartV1.PromotionCode): Promise<cartV1.Promotion> {
    return replyOf(await this.promotions.find(code.toUpperCase()));
  }

  @Rpc('CartService', 'listPromotions', ['staff'])
  async list({ limit, cursor }: cartV1.ListPromotionsRequest): Promise<cartV1.PromotionPage> {
    if (limit < 1 || limit > 100) throw invalidField('/query/limit', 'out-of-range', '1 to 100');
    const { promotions, next } = await this.promotions.list(positionOf(cursor), limit);
    return { promotions: promotions.map(replyOf), nextCursor: next === null ? '' : Buffer.from(next).toString('base64url') };
  }

  @Rpc('CartService', 'deletePromotion', ['staff'])
  async remove({ code }: cartV1.PromotionCode): Promise<commonV1.Empty> {
    await this.promotions.remove(code.toUpperCase());
    return {};
  }
}

function positionOf(cursor: string): string | null {
  if (cursor === '') return null;
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!isUuid(id)) throw badCursor();
  return id;
}

function replyOf({ promotion, used, createdAt }: KeptPromotion): cartV1.Promotion {
  const { code, title, effect, conditions, startsAt, endsAt, usageLimit, customerLimit, isActive } = promotion;
  return {
    terms: {
      code,
      title,
      isActive,
      effect: effectReply(effect),
      conditions: {
        categories: [...(conditions.categories ?? [])],
        minimum: moneyReply(conditions.minimum ?? {}),
        firstOrderOnly: conditions.firstOrderOnly ?? false,
      },
      ...(startsAt ? { startsAt: startsAt.toISOString() } : {}),
      ...(endsAt ? { endsAt: endsAt.toISOString() } : {}),
      ...(usageLimit === null ? {} : { usageLimit }),
      ...(customerLimit === null ? {} : { customerLimit }),
    },
    used,
    createdAt: createdAt.toISOString(),
  };
}

function effectReply(effect: Effect): cartV1.PromotionEffect {
  const none = { basisPoints: 0, amounts: [], buy: 0, get: 0 };
  switch (effect.kind) {
    case 'percentage':
      return { ...none, kind: effect.kind, basisPoints: effect.rate / 100 };
    case 'amount':
      return { ...none, kind: effect.kind, amounts: moneyReply(effect.amounts) };
    case 'buy-x-get-y':
      return { ...none, ...effect };
    case 'free-shipping':
      return { ...none, kind: effect.kind };
  }
}

function moneyReply(amounts: AmountByCurrency): commonV1.Money[] {
  return currencies.flatMap((currency) => {
    const minor = amounts[currency];
    return minor === undefined ? [] : [{ amount: minor.toString(), currency }];
  });
}
