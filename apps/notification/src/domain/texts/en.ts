import type { Texts } from './texts.js';

export const en: Texts = {
  mails: {
    'order.confirmed': {
      subject: 'Thank you for your order {number}',
      lead: 'It is paid, and we are packing it.',
      item: 'Item', seats: 'Seats', quantity: 'Quantity', amount: 'Amount', shipping: 'Shipping', tax: 'Tax', discount: 'Discount', total: 'Total',
      destination: 'It goes to {address}.',
    },
    'order.shipped': { subject: 'Your order {number} is on its way', lead: 'The carrier has your parcel.' },
    'order.delivered': { subject: 'Your order {number} has arrived', lead: 'We hope you enjoy it.' },
    'order.cancelled': {
      subject: 'Your order {number} is cancelled',
      because: 'Reason: {reason}.',
      refunded: '{amount} are on their way back to you.', uncharged: 'You have not been charged.',
    },
    'order.refunded': { subject: 'A refund for your order {number}', lead: '{amount} are on their way back to you.', because: 'Reason: {reason}.' },
    'product.back': { subject: '{title} is back', lead: '{title} can be bought again.', why: 'You get this mail because you asked to be told. It is the only one.' },
  },
  reasons: {
    'customer-request': 'you asked for it', 'payment-declined': 'your bank declined the payment', 'payment-voided': 'the payment was not completed',
    'payment-timed-out': 'the payment was not completed in time', 'out-of-stock': 'it is out of stock', 'seats-taken': 'somebody else has the seats', unavailable: 'we could not complete it',
  },
  why: 'You get this mail because of your order {number}. It is not an advertisement.',
};
