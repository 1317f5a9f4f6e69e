import type { Money } from '@tandem/kernel';

/** What a parcel costs up to a weight; the last band has no end. */
export type WeightBand = { readonly upToGrams: number | null; readonly price: Money };

/** A way to deliver to one place, with its price by weight: bands in ascending order. */
export type Tariff = {
  readonly id: string;
  readonly title: string;
  readonly estimatedDays: number;
  readonly carrier: string;
  readonly service: string;
  readonly bands: readonly WeightBand[];
};

/** A way to deliver one cart, and what it costs. */
export type ShippingOption = Omit<Tariff, 'bands'> & { readonly price: Money };

/** The option a tariff makes for goods of that weight. A tariff always has a band for any weight. */
export function optionFor({ bands, ...tariff }: Tariff, grams: number): ShippingOption | undefined {
  const band = bands.find(({ upToGrams }) => upToGrams === null || grams <= upToGrams);
  return band && { ...tariff, price: band.price };
}

/** Grams of all goods together; unknown weights count nothing. */
export function weightOf(goods: readonly { readonly weightGrams: number; readonly quantity: number }[]): number {
  return goods.reduce((sum, { weightGrams, quantity }) => sum + weightGrams * quantity, 0);
}
