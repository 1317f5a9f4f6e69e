import type { orderV1 } from '@tandem/contracts';
import { type FieldError } from '@tandem/contracts';
import { invalidFields } from '@tandem/host';
import { isCurrency, money, type Money } from '@tandem/kernel';
import { z } from 'zod';
import type { CheckoutCommand } from '../domain/checkout.js';
import { addressFrom } from './quote.js';

// U+0000 is the one character PostgreSQL's text cannot hold.
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((value) => !value.includes('\0'), 'no U+0000');
const optionalText = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => !value.includes('\0'), 'no U+0000')
    .optional();

const total = z.object({
  amount: z.string().regex(/^\d{1,15}$/, 'an integer in minor units'),
  currency: z.string().refine(isCurrency, 'a currency of the shop'),
});
const address = z.object({
  name: text(200),
  line1: text(200),
  line2: optionalText(200),
  city: text(200),
  postalCode: text(20),
  region: optionalText(200),
  country: z.string().regex(/^[A-Z]{2}$/, 'ISO 3166-1 alpha-2, e.g. DE'),
  phone: optionalText(50),
});

const shape = z.object({
  paymentMethod: text(100),
  expectedTotal: total,
  email: z.email().max(254).optional(),
  shippingAddress: address.optional(),
  shippingOptionId: text(100).optional(),
});

type Fields = Pick<CheckoutCommand, 'paymentMethod' | 'expectedTotal' | 'email' | 'shippingAddress' | 'shippingOptionId'>;

/** The body of a checkout. Throws `validation-failed` that names every field that does not fit. */
export function readCheckout(request: orderV1.CheckoutRequest): Fields {
  const parsed = shape.safeParse(request);
  if (!parsed.success) throw invalidFields(parsed.error.issues.map(fieldErrorOf));
  const { paymentMethod, expectedTotal, email, shippingAddress, shippingOptionId } = parsed.data;
  return {
    paymentMethod,
    expectedTotal: moneyFrom(expectedTotal),
    ...(email === undefined ? {} : { email }),
    ...(shippingAddress === undefined ? {} : { shippingAddress: addressFrom(shippingAddress) }),
    ...(shippingOptionId === undefined ? {} : { shippingOptionId }),
  };
}

function moneyFrom({ amount, currency }: z.infer<typeof total>): Money {
  return money(BigInt(amount), currency);
}

function fieldErrorOf(issue: z.core.$ZodIssue): FieldError {
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  return { pointer: `/${issue.path.map(String).join('/')}`, code: isMissing ? 'required' : 'invalid', message: issue.message };
}
