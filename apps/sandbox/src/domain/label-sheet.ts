import type { Label } from './label.js';

/** What is printed of a label: one sheet for every parcel of it. */
export type LabelFacts = Pick<Label, 'orderId' | 'trackingCode' | 'service' | 'createdAt'> & {
  /** As the shop wrote it; a carrier is not choosy. */
  readonly shippingAddress: Readonly<Record<string, unknown>>;
  readonly parcels: readonly { readonly weightGrams: number }[];
};

export type LabelSheet = {
  readonly service: string;
  /** The addressee; the last line is the country. */
  readonly to: readonly string[];
  /** `2 of 3`. */
  readonly parcel: string;
  readonly weight: string;
  readonly reference: string;
  readonly trackingCode: string;
};

/** The sheets of a label, in the order of its parcels. */
export function sheetsOf({ orderId, trackingCode, service, shippingAddress, parcels }: LabelFacts): readonly LabelSheet[] {
  const shared = { service: plain(service).toUpperCase(), to: addressLines(shippingAddress), reference: plain(orderId), trackingCode };
  return parcels.map(({ weightGrams }, index) => ({
    ...shared,
    parcel: `${index + 1} of ${parcels.length}`,
    weight: `${(weightGrams / 1_000).toFixed(2)} kg`,
  }));
}

function addressLines(address: LabelFacts['shippingAddress']): readonly string[] {
  const { name, line1, line2, postalCode, city, region, country, phone } = Object.fromEntries(
    Object.entries(address).map(([key, value]) => [key, typeof value === 'string' ? plain(value) : '']),
  );
  const place = [[postalCode, city].filter(Boolean).join(' '), region].filter(Boolean).join(', ');
  return [name, line1, line2, place, country?.toUpperCase(), phone].filter((line): line is string => line !== undefined && line !== '');
}

/** Letters of the Latin alphabet as the standard fonts of PDF have them (ISO 8859-1); what has no such letter becomes `?`, so that somebody sees it is missing. */
function plain(text: string): string {
  const kept = (character: string): string =>
    /[\x20-\x7e\xa0-\xff]/.test(character) ? character : character.normalize('NFKD').replace(/[^\x20-\x7e]/g, '') || '?';
  return [...text.normalize('NFC').replace(/\s+/g, ' ').trim()].map(kept).join('');
}
