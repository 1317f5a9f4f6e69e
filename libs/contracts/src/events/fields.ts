import { currencies, type Currency } from '@tandem/kernel';
import { z } from 'zod';

/** A public id with its prefix, e.g. `ord_01h455vb4pex5vsknk084sn02q`. */
export const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`));

export const orderId = id('ord');
export const customerId = id('cus');
export const instant = z.iso.datetime();
export const currency = z.enum(currencies as [Currency, ...Currency[]]);

/** `{ amount, currency }` in integer minor units. */
export const money = z.object({ amount: z.int(), currency });
export type MoneyData = z.infer<typeof money>;

export const address = z.object({
  name: z.string(),
  line1: z.string(),
  line2: z.string().optional(),
  city: z.string(),
  postalCode: z.string(),
  region: z.string().optional(),
  country: z.string().length(2),
  phone: z.string().optional(),
});

export const locale = z.enum(['de', 'en', 'fr']);

/** What every `order.*` event carries; the rest are its own facts. */
export const orderFacts = {
  orderId,
  number: z.string(),
  customerId: customerId.nullable(),
  email: z.email(),
  locale,
  total: money,
};

/** Which parcel of an order a fact is about. */
export const parcelFacts = {
  shipmentId: id('shp'),
  carrier: z.string(),
  trackingCode: z.string(),
};
