import type { commonV1 } from '@tandem/contracts';
import { z } from 'zod';

/** Integer minor units of an ISO 4217 currency. */
export const Money = z
  .object({ amount: z.int(), currency: z.string() })
  .meta({ id: 'Money', description: 'Integer minor units of an ISO 4217 currency' });
export type Money = z.infer<typeof Money>;

/** Text of one form; whatever is none of it, or is absent, is told `words`. */
export const formed = (form: RegExp, words: string) => z.string(words).regex(form, words);

export const currencyCode = formed(/^[A-Z]{3}$/, 'wants an ISO 4217 code, e.g. EUR');

const amountWords = 'a whole number in the currency’s smallest unit, e.g. 1299 for 12.99 EUR';

/** Money in a request; `bounded` says how much of it. What is none is told the shape. */
export const moneyInput = (bounded: (amount: z.ZodInt) => z.ZodInt) =>
  z.strictObject(
    { amount: bounded(z.int(`wants ${amountWords}`)), currency: currencyCode },
    `wants { amount, currency }, amount ${amountWords}`,
  );

const mostMinor = 1_000_000_000_000;
/** Not negative. */
export const Amount = moneyInput((amount) => amount.min(0).max(mostMinor)).meta({ id: 'Amount' });
/** More than nothing. */
export const SomeAmount = moneyInput((amount) => amount.min(1).max(mostMinor));

/** A line of text without a line break. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'wants one line of text');

const emailWords = 'wants an e-mail address';
/** An e-mail address in a request, as it is pasted: blanks and line breaks around it are no part of it. */
export const email = z.string(emailWords).trim().max(254, emailWords).check(z.email(emailWords));

/** A postal address in a request. */
export const NewAddress = z
  .strictObject({
    name: line(200),
    line1: line(200),
    line2: line(200).optional(),
    city: line(100),
    postalCode: line(20),
    region: line(100).optional(),
    country: formed(/^[A-Z]{2}$/, 'wants an ISO 3166-1 alpha-2 code, e.g. DE'),
    phone: line(40).optional(),
  })
  .meta({ id: 'NewAddress' });

export const Address = z
  .object({
    name: z.string(),
    line1: z.string(),
    line2: z.string().optional(),
    city: z.string(),
    postalCode: z.string(),
    region: z.string().optional(),
    country: z.string(),
    phone: z.string().optional(),
  })
  .meta({ id: 'Address' });

/** A number in a query, where everything is text. */
export const digits = (value: unknown): unknown => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value);

/** `?limit=&cursor=` of every list. */
export const page = {
  limit: z
    .preprocess(digits, z.int('wants a whole number, 1 to 100').min(1, 'wants 1 to 100').max(100, 'wants 1 to 100'))
    .optional()
    .describe('1 to 100, default 20'),
  cursor: z.string().min(1).max(1_000).optional().describe('`nextCursor` of the page before'),
};
export const PageQuery = z.strictObject(page);

/** What a peer takes for a page. */
export function pageOf({ limit = 20, cursor = '' }: { readonly limit?: number | undefined; readonly cursor?: string | undefined }): {
  limit: number;
  cursor: string;
} {
  return { limit, cursor };
}

/** `{ data, nextCursor }` of `item`, as the component `id`. */
export const listOf = <Item extends z.ZodType>(item: Item, id: string) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() }).meta({ id });

/** A page as it goes out. */
export function listFrom<T>(data: readonly T[], nextCursor: string): { data: T[]; nextCursor: string | null } {
  return { data: [...data], nextCursor: nextCursor === '' ? null : nextCursor };
}

export function moneyFrom(money: commonV1.Money | undefined): Money {
  if (!money) throw new TypeError('a service left out an amount');
  return { amount: Number(money.amount), currency: money.currency };
}

export function moneyTo({ amount, currency }: { readonly amount: number; readonly currency: string }): commonV1.Money {
  return { amount: String(amount), currency };
}

/** Members that are absent are left out: `present({ orderId: undefined })` is `{}`. */
export function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

export function addressFrom(address: commonV1.Address): z.infer<typeof Address> {
  const { name, line1, line2, city, postalCode, region, country, phone } = address;
  return { name, line1, ...present({ line2 }), city, postalCode, ...present({ region }), country, ...present({ phone }) };
}
