/** What a mail is about; one mail per order and kind (and refund). */
export type MailKind = 'order.confirmed' | 'order.shipped' | 'order.delivered' | 'order.cancelled' | 'order.refunded';

/** Mails that have a template: those of orders, and the one to a product's followers. */
export type MailTemplate = MailKind | 'product.back';

/** What a shopper can choose mails by. */
export const topics = ['order', 'shipment', 'loyalty', 'marketing'] as const;
export type Topic = (typeof topics)[number];

/** The topic of every kind. */
export const topicOf: Readonly<Record<MailKind, Topic>> = {
  'order.confirmed': 'order', 'order.cancelled': 'order', 'order.refunded': 'order', 'order.shipped': 'shipment', 'order.delivered': 'shipment',
};

/** Mails about the money of an order are sent whatever was chosen. */
export function isAboutMoney(kind: MailKind): boolean {
  return topicOf[kind] === 'order';
}

/** Which mails a shopper wants. */
export type Preferences = Readonly<Record<Topic, boolean>>;

/** What holds until a shopper chooses. Advertising is opted into. */
export const usualPreferences: Preferences = { order: true, shipment: true, loyalty: true, marketing: false };
