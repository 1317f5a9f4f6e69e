/** What a mail is about; one mail per order and kind (and refund, or parcel). */
export type MailKind =
  | 'order.confirmed'
  | 'order.shipped'
  | 'order.delivered'
  | 'order.parcel-lost'
  | 'order.parcel-returned'
  | 'order.cancelled'
  | 'order.refunded';

/** What mails are laid out by: each of an order by its own, news by one, the mail of the day by one. */
export type MailTemplate = MailKind | 'news' | 'digest';

/** What a shopper can choose mails by. */
export const topics = ['order', 'shipment', 'loyalty', 'marketing'] as const;
export type Topic = (typeof topics)[number];

/** The topic of every kind. */
export const topicOf: Readonly<Record<MailKind, Topic>> = {
  'order.confirmed': 'order',
  'order.cancelled': 'order',
  'order.refunded': 'order',
  'order.shipped': 'shipment',
  'order.delivered': 'shipment',
  'order.parcel-lost': 'shipment',
  'order.parcel-returned': 'shipment',
};

/** Mails about the money of an order are sent whatever was chosen. */
export function isAboutMoney(kind: MailKind): boolean {
  return topicOf[kind] === 'order';
}

/** Which mails a shopper wants. */
export type Preferences = Readonly<Record<Topic, boolean>>;

/** What holds until a shopper chooses. Advertising is opted into. */
export const usualPreferences: Preferences = { order: true, shipment: true, loyalty: true, marketing: false };
