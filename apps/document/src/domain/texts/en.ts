import type { Texts } from './texts.js';

export const en: Texts = {
  titles: { invoice: 'Invoice', 'packing-slip': 'Packing slip', 'credit-note': 'Credit note' },
  number: 'Number', date: 'Date', order: 'Order', delivery: 'Delivery', invoice: 'For invoice', reason: 'Reason',
  to: 'To',
  article: 'Item', quantity: 'Qty', unitPrice: 'Unit price', discount: 'Discount', amount: 'Amount', weight: 'Weight',
  subtotal: 'Subtotal', discounts: 'Discounts', shipping: 'Shipping', addedTax: 'Tax', total: 'Total',
  refunded: 'Amount refunded', packages: 'Total weight',
  taxRate: 'Tax rate', net: 'Net', tax: 'Tax', gross: 'Gross',
  paid: 'Paid in full. The date of supply is the date of this invoice.', noTax: 'No tax is shown for this destination.',
  page: (page, pages) => `Page ${page} of ${pages}`,
};
