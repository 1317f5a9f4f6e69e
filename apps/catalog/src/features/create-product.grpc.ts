import { Controller } from '@nestjs/common';
import { catalogV1, type FieldError } from '@tandem/contracts';
import { type Caller, hashOf, Refusal, Rpc, scopeOf } from '@tandem/host';
import { currencies, type Currency, money } from '@tandem/kernel';
import { z } from 'zod';
import type { Added } from '../domain/ports.js';
import { highestPrice } from '../domain/product.js';
import { CreateProduct } from './create-product.js';
import { toProductReply } from './replies.js';

const text = (least: number, most: number) =>
  z
    .string()
    .min(least)
    .max(most)
    .regex(/^[^\0]*$/, 'must not contain U+0000');
const isUnique = (values: readonly string[]): boolean => new Set(values).size === values.length;

const Price = z.object({
  amount: z
    .string()
    .regex(/^\d{1,13}$/)
    .transform(BigInt)
    .refine((minor) => minor >= 1n && minor <= highestPrice, `must be 1 to ${highestPrice} minor units`),
  currency: z.enum(currencies as [Currency, ...Currency[]]),
});
const Prices = z
  .array(Price)
  .min(1)
  .refine((prices) => isUnique(prices.map(({ currency }) => currency)), 'must not name a currency twice');
/** Seats of a product, all of its variants together: they are listed in one answer. Source: docs/reference/stock.md, "Seats". */
const mostSeats = 10_000;
const Seats = z.array(text(1, 20)).max(mostSeats).refine(isUnique, 'must not name a seat twice').default([]);
const Variant = z
  .object({
    sku: text(1, 64),
    title: text(1, 200),
    prices: Prices.transform((prices) => prices.map(({ amount, currency }) => money(amount, currency))),
    stock: z.int().min(0).max(1_000_000),
    weightGrams: z.int().min(0).max(1_000_000).default(0),
    seats: Seats,
  })
  .refine(({ seats, stock }) => seats.length === 0 || seats.length === stock, { path: ['seats'], message: 'must be as many as stock' });
const Request = z.object({
  title: text(1, 200),
  description: text(0, 5_000),
  category: text(1, 100),
  slug: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
    .max(200)
    .optional(),
  variants: z
    .array(Variant)
    .min(1)
    .max(100)
    .refine((variants) => isUnique(variants.map(({ sku }) => sku)), 'must not name a SKU twice')
    .refine(
      (variants) => variants.reduce((sum, { seats }) => sum + seats.length, 0) <= mostSeats,
      `must have at most ${mostSeats} seats in all`,
    ),
});

/** Offering something new, by staff. */
@Controller()
export class CreateProductGrpc {
  constructor(private readonly createProduct: CreateProduct) {}

  @Rpc('CatalogService', 'createProduct', ['staff'])
  async handle(request: catalogV1.CreateProductRequest, caller: Caller): Promise<catalogV1.Product> {
    const { slug, ...rest } = believed(request);
    const scope = scopeOf(caller, hashOf('catalog.CreateProduct', catalogV1.CreateProductRequest.encode(request).finish()));
    return this.createProduct.run({ ...rest, slug }, { caller, scope, answer: (outcome) => toReply(outcome, request) });
  }
}

function toReply(outcome: Added, { slug, variants }: catalogV1.CreateProductRequest): catalogV1.Product {
  switch (outcome.kind) {
    case 'added':
      return toProductReply(outcome.product);
    case 'slug-taken':
      throw new Refusal(outcome.kind, {
        detail: `there is a product with the slug ${slug}; take another, or none to have one made of the title`,
      });
    case 'sku-taken':
      throw new Refusal(outcome.kind, {
        detail: `a variant has one of these already: ${variants.map(({ sku }) => sku).join(', ')}; each SKU is given once`,
      });
  }
}

function believed(request: catalogV1.CreateProductRequest): z.infer<typeof Request> {
  const parsed = Request.safeParse(request);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  if (issues.some(({ path }) => path.at(-1) === 'currency'))
    throw new Refusal('currency-not-offered', { detail: `offered are ${currencies.join(', ')}` });
  const errors = issues.map(({ path, code, message }): FieldError => ({ pointer: `/${path.join('/')}`, code, message }));
  throw new Refusal('validation-failed', { detail: `${errors[0]?.pointer}: ${errors[0]?.message}`, errors });
}
