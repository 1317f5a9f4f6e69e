import type { cartV1 } from '@tandem/contracts';
import { notFound, parsePublicId } from '@tandem/host';
import { z } from 'zod';
import type { Details } from '../domain/cart.js';
import { misfit } from './misfit.js';

const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'wants text')
    .max(max, `wants at most ${max} characters`)
    .refine((value) => !value.includes('\u0000'), 'must not contain U+0000');

/** ISO 3166-1 alpha-2, the assigned codes. */
const countries = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE ' +
    'EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC ' +
    'LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW ' +
    'SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
  ).split(' '),
);

const address = z.object({
  name: text(200),
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  postalCode: text(20),
  region: text(100).optional(),
  country: z.string().refine((code) => countries.has(code), 'wants an ISO 3166-1 alpha-2 code, e.g. DE'),
  phone: text(40).optional(),
});
/** Whether a text is an assigned ISO 3166-1 alpha-2 code. */
export function isCountry(code: string): boolean {
  return countries.has(code);
}

/** More points than anybody has; it only keeps numbers within what a client can write down. */
const mostPoints = 1_000_000_000n;
const points = z
  .string()
  .regex(/^\d{1,12}$/, 'wants a whole number')
  .transform(BigInt)
  .refine((value) => value <= mostPoints, `wants at most ${mostPoints}`);
/** Codes are not told apart by case; no code takes the cart's off. */
const code = z
  .string()
  .trim()
  .max(40, 'wants at most 40 characters')
  .transform((value) => (value === '' ? null : value.toUpperCase()));
const details = z.object({
  email: z.email('wants an e-mail address').max(254).optional(),
  shippingAddress: address.optional(),
  shippingOptionId: text(50).optional(),
  pointsToRedeem: points.optional(),
  promotionCode: code.optional(),
});

/** What a request may say about a cart beside its lines; all of it optional. */
type DetailsRequest = Partial<
  Pick<cartV1.UpdateCartRequest, 'email' | 'shippingAddress' | 'shippingOptionId' | 'pointsToRedeem' | 'promotionCode'>
>;

/** E-mail, address, option, points and code as a cart takes them. Refuses with a pointer for each field that does not fit. */
export function detailsOf({ email, shippingAddress, shippingOptionId, pointsToRedeem, promotionCode }: DetailsRequest): Details {
  const parsed = details.safeParse({
    email,
    shippingAddress: shippingAddress && present(shippingAddress),
    shippingOptionId,
    pointsToRedeem,
    promotionCode,
  });
  if (parsed.success) return present(parsed.data) as Details;
  throw misfit(parsed.error);
}

/** Without the members that are undefined. */
function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

/** The UUID of a cart's id; an id that is malformed is one that is not there. */
export function cartIdOf(id: string): string {
  const uuid = parsePublicId('cart', id);
  if (!uuid) throw notFound();
  return uuid;
}

/** A language of the shop; English for any other. */
export function localeOf(text: string): 'de' | 'en' | 'fr' {
  return text === 'de' || text === 'fr' ? text : 'en';
}
