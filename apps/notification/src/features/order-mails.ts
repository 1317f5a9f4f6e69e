import type {
  OrderCancelledV1,
  OrderConfirmedV1,
  OrderDeliveredV1,
  OrderParcelLostV1,
  OrderParcelReturnedV1,
  OrderRefundedV1,
  OrderShippedV1,
} from '@tandem/contracts';
import type { ShowAmount } from '../domain/amounts.js';
import { pictureOf } from '../domain/line-picture.js';
import type { Mail, MailValues } from '../domain/mail.js';
import type { MailKind } from '../domain/mail-kind.js';
import { texts } from '../domain/texts/index.js';
import { filled, type Locale, locales } from '../domain/texts/texts.js';

type OrderFacts = { readonly email: string; readonly locale: Locale; readonly number: string };
type Amount = Parameters<ShowAmount>[1];

/** Writes the mails of an order, each in the order's language. */
export class OrderMails {
  /** `publicUrl`: what the storefront is reached at from outside; pictures are shown from there. */
  constructor(
    private readonly show: ShowAmount,
    private readonly publicUrl: string,
  ) {}

  /** Lines, amounts, address. Tax and discount only where there are some. */
  confirmed(order: OrderConfirmedV1): Mail<MailKind> {
    const { locale } = order;
    const amount = (value: Amount): string => this.show(locale, value);
    const extra = (value: Amount, sign: 1 | -1): readonly MailValues[] =>
      value.amount === 0 ? [] : [{ amount: amount({ ...value, amount: sign * value.amount }) }];
    return written('order.confirmed', order, {
      values: {
        lines: order.lines.map(({ title, quantity, total, seats, picture }) => ({
          title: ticketOf(locale, title, seats),
          quantity: String(quantity),
          amount: amount(total),
          picture: pictureOf(this.publicUrl, picture),
        })),
        shipping: amount(order.shipping),
        tax: extra(order.tax, 1),
        discount: extra(order.discount, -1),
        total: amount(order.total),
        address: addressOf(order),
      },
    });
  }

  shipped(order: OrderShippedV1): Mail<MailKind> {
    return written('order.shipped', order, { values: { shipments: order.shipments.map((parcel) => this.tracked(parcel)) } });
  }

  private tracked(parcel: Parcel): MailValues {
    return { ...parcelOf(parcel), url: `${this.publicUrl}/v1/tracking/${encodeURIComponent(parcel.trackingCode)}` };
  }

  delivered(order: OrderDeliveredV1): Mail<MailKind> {
    return written('order.delivered', order, {});
  }

  parcelLost(order: OrderParcelLostV1): Mail<MailKind> {
    return written('order.parcel-lost', order, { values: parcelOf(order) });
  }

  parcelReturned(order: OrderParcelReturnedV1): Mail<MailKind> {
    return written('order.parcel-returned', order, { values: parcelOf(order) });
  }

  cancelled(order: OrderCancelledV1): Mail<MailKind> {
    const { refund, locale } = order;
    return written('order.cancelled', order, {
      fill: { reason: reasonOf(order), amount: refund ? this.show(locale, refund.amount) : '' },
      money: moneyOf(order),
    });
  }

  refunded(order: OrderRefundedV1): Mail<MailKind> {
    return written('order.refunded', order, { fill: { reason: reasonOf(order), amount: this.show(order.locale, order.amount) } });
  }
}

/** What a cancelled order's mail says of the money. One that was paid and leaves nothing to give back was refunded before. */
function moneyOf({ refund, wasConfirmed, total }: OrderCancelledV1): 'refunded' | 'refundedBefore' | 'uncharged' {
  if (refund) return 'refunded';
  return wasConfirmed && total.amount > 0 ? 'refundedBefore' : 'uncharged';
}

type Parcel = { readonly carrier: string; readonly trackingCode: string };

function parcelOf({ carrier, trackingCode }: Parcel): MailValues {
  return { carrier, trackingCode };
}

/** Countries by what a language calls them; one it has no name for stays as it was given. */
const countries = new Map(locales.map((locale) => [locale, new Intl.DisplayNames(locale, { type: 'region' })]));
const isCountry = /^[A-Za-z]{2}$/;

/** An address as it stands on a parcel, line by line. */
function addressOf({ shippingAddress: at, locale }: OrderConfirmedV1): readonly MailValues[] {
  const country = isCountry.test(at.country) ? countries.get(locale)?.of(at.country.toUpperCase()) : at.country;
  const lines = [at.name, at.line1, at.line2, `${at.postalCode} ${at.city}`, at.region, country];
  return lines.flatMap((line) => (line ? [{ line }] : []));
}

/** What a line is called: a ticket names its seats. */
function ticketOf(locale: Locale, title: string, seats: readonly string[] | undefined): string {
  return seats ? `${title} (${texts[locale].mails['order.confirmed']['seats']}: ${seats.join(', ')})` : title;
}

type Writing = {
  readonly fill?: Readonly<Record<string, string>>;
  readonly values?: MailValues;
  /** Which part says what becomes of the money. */ readonly money?: string;
};

function written(kind: MailKind, { email, locale, number }: OrderFacts, { fill = {}, values = {}, money }: Writing): Mail<MailKind> {
  const { mails, why } = texts[locale];
  const known = { number, ...fill };
  const t = Object.fromEntries(Object.entries({ ...mails[kind], why }).map(([part, text]) => [part, filled(text, known)]));
  const last = money === undefined ? undefined : t[money];
  return {
    kind,
    to: email,
    locale,
    subject: t['subject'] ?? '',
    values: { ...values, locale, t, preview: [t['lead'], t['because'], last].filter(Boolean).join(' '), money: last ?? '' },
  };
}

function reasonOf({ locale, reason }: { readonly locale: Locale; readonly reason: string }): string {
  const { reasons } = texts[locale];
  return Object.hasOwn(reasons, reason) ? (reasons[reason] ?? reason) : reason;
}
