import type { Currency } from '@tandem/kernel';

/** Minor units. */
type Prices = Readonly<Record<Currency, bigint>>;
/** Where a parcel goes, as far as its price is concerned. */
export type Zone = 'near' | 'europe' | 'world';
/** A price up to a weight; `upToGrams` null: any weight. */
export type Band = { readonly upToGrams: number | null; readonly price: bigint };
/** A way to ship to one country, with its price by weight in one currency: bands in ascending order, the last without end. */
export type ShippingOption = {
  readonly id: string;
  readonly title: string;
  readonly carrier: string;
  readonly service: string;
  readonly estimatedDays: number;
  readonly bands: readonly Band[];
};

/** The Member States of the European Union; one of them is where parcels start. */
const near = new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '));
const europe = new Set('AD AL BA CH FO GB GG GI IM IS JE LI MC MD ME MK NO RS SM TR UA VA'.split(' '));

/** Ends of the weight bands, grams. */
const weights = [5_000, 20_000, null] as const;
const prices = (EUR: bigint, USD: bigint, JPY: bigint, BHD: bigint): Prices => ({ EUR, USD, JPY, BHD });

type Table = {
  readonly title: string;
  readonly days: Readonly<Record<Zone, number>>;
  readonly prices: Readonly<Record<Zone, readonly Prices[]>>;
};

/** What is offered, by zone and weight. Source: docs/reference/shipping.md. */
const tables: Readonly<Record<string, Table>> = {
  standard: {
    title: 'Standard',
    days: { near: 3, europe: 5, world: 9 },
    prices: {
      near: [prices(490n, 550n, 800n, 2_000n), prices(890n, 990n, 1_450n, 3_700n), prices(1_990n, 2_190n, 3_200n, 8_200n)],
      europe: [prices(990n, 1_090n, 1_600n, 4_100n), prices(1_690n, 1_890n, 2_750n, 7_000n), prices(3_490n, 3_890n, 5_700n, 14_400n)],
      world: [prices(1_490n, 1_650n, 2_400n, 6_200n), prices(2_990n, 3_290n, 4_850n, 12_400n), prices(5_990n, 6_590n, 9_700n, 24_800n)],
    },
  },
  express: {
    title: 'Express',
    days: { near: 1, europe: 2, world: 4 },
    prices: {
      near: [prices(990n, 1_150n, 1_600n, 4_100n), prices(1_690n, 1_890n, 2_750n, 7_000n), prices(3_490n, 3_890n, 5_700n, 14_400n)],
      europe: [prices(1_990n, 2_190n, 3_200n, 8_200n), prices(2_990n, 3_290n, 4_850n, 12_400n), prices(5_990n, 6_590n, 9_700n, 24_800n)],
      world: [prices(2_990n, 3_290n, 4_850n, 12_400n), prices(5_490n, 5_990n, 8_900n, 22_700n), prices(9_990n, 10_990n, 16_200n, 41_300n)],
    },
  },
};

/** The zone of an ISO 3166-1 code; a country that is not known yet counts as near. */
export function zoneOf(country: string): Zone {
  if (country === '' || near.has(country)) return 'near';
  return europe.has(country) ? 'europe' : 'world';
}

/** What is offered to a country, in one currency, by the carrier of that name. */
export function shippingOptionsTo(country: string, currency: Currency, carrier: string): readonly ShippingOption[] {
  const zone = zoneOf(country);
  return Object.entries(tables).map(([id, { title, days, prices }]) => {
    const bands = weights.map((upToGrams, place) => ({ upToGrams, price: prices[zone][place]?.[currency] ?? 0n }));
    return { id, title, carrier, service: id, estimatedDays: days[zone], bands };
  });
}

/** The days a service takes to a country, as its option says; undefined for a service that is not offered. */
export function daysOf(service: string, country: string): number | undefined {
  return tables[service]?.days[zoneOf(country)];
}

/** What an option costs for that weight, minor units. */
export function priceFor({ bands }: ShippingOption, grams: number): bigint {
  const band = bands.find(({ upToGrams }) => upToGrams === null || grams <= upToGrams) ?? bands.at(-1);
  return band?.price ?? 0n;
}
