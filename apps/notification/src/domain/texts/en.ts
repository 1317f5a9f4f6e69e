import type { Texts } from './texts.js';

export const en: Texts = {
  mails: {
    'order.confirmed': {
      subject: 'Thank you for your order {number}',
      lead: 'It is paid, and we are packing it.',
      item: 'Item',
      seats: 'Seats',
      quantity: 'Quantity',
      amount: 'Amount',
      shipping: 'Shipping',
      tax: 'Tax',
      discount: 'Discount',
      total: 'Total',
      destination: 'It goes to:',
    },
    'order.shipped': { subject: 'Your order {number} is on its way', lead: 'The carrier has your parcel.' },
    'order.delivered': { subject: 'Your order {number} has arrived', lead: 'We hope you enjoy it.' },
    'order.parcel-lost': {
      subject: 'A parcel of your order {number} is lost',
      lead: 'We are sorry: the carrier reports it as lost. We are looking into it and will write to you.',
    },
    'order.parcel-returned': {
      subject: 'A parcel of your order {number} is coming back to us',
      lead: 'The carrier is bringing it back. We will get in touch about what happens next.',
    },
    'order.cancelled': {
      subject: 'Your order {number} is cancelled',
      because: 'Reason: {reason}.',
      refunded: '{amount} is on its way back to you.',
      refundedBefore: 'What you paid is refunded already or on its way to you; we write to you about each refund.',
      uncharged: 'You have not been charged.',
    },
    'order.refunded': {
      subject: 'A refund for your order {number}',
      lead: '{amount} is on its way back to you.',
      because: 'Reason: {reason}.',
    },
    'product.back': {
      subject: '{title} is back',
      lead: '{title} can be bought again.',
      look: 'See the product',
      why: 'You get this mail because you asked to be told. You follow the product no more.',
    },
    'product.cheaper': {
      subject: '{title} is cheaper',
      lead: '{title} now costs {is} instead of {was}.',
      look: 'See the product',
      why: 'You get this mail because you follow this product until it is back.',
    },
    'points.available': {
      subject: '{points} points for you',
      lead: 'You can spend {points} points on your next order.',
      why: 'You get this mail because you collect points.',
    },
    'points.tier': {
      subject: 'Welcome to {tier}',
      lead: 'You are {tier} now. And there are {points} new points for you to spend.',
      why: 'You get this mail because you collect points.',
    },
    'points.expiring': {
      subject: '{points} points end soon',
      lead: '{points} of your points end on {on}. You can spend them until then.',
      why: 'You get this mail because you collect points.',
    },
    digest: {
      subject: 'News for you',
      lead: 'This is what happened since yesterday:',
      why: 'You get this mail because you wanted to read news once a day.',
    },
  },
  sms: {
    'order.confirmed': 'Tandem: Thank you for your order {number}. We are packing it.',
    'order.shipped': 'Tandem: Your order {number} is on its way.',
    'order.delivered': 'Tandem: Your order {number} has arrived.',
    'order.cancelled': 'Tandem: Your order {number} is cancelled. Our mail says more.',
    'order.refunded': 'Tandem: {amount} for your order {number} is on its way back to you.',
  },
  reasons: {
    'customer-request': 'you asked for it',
    'payment-declined': 'your bank declined the payment',
    'payment-voided': 'the payment was not completed',
    'payment-timed-out': 'the payment was not completed in time',
    'out-of-stock': 'it is out of stock',
    'seats-taken': 'somebody else has the seats',
    unavailable: 'we could not complete it',
  },
  why: 'You get this mail because of your order {number}. It is not an advertisement.',
};
