import type { Currency } from '@tandem/kernel';
import type { Amount, FactLine, OrderFacts } from '../facts.js';

export const seller = ['Tandem Demo Shop', 'Example Street 1', '10115 Berlin', 'VAT DE000000000'];

export const amountIn =
  (currency: Currency) =>
  (amount: number): Amount => ({ amount, currency });

/** A line of `quantity` at 19.99 (or 1999 yen, 1.999 dinar). */
export function aLine(change: Partial<FactLine> & { readonly currency?: Currency } = {}): FactLine {
  const { currency = 'EUR', quantity = 1, ...rest } = change;
  const amount = amountIn(currency);
  return {
    lineId: 'line_01h455vb4pex5vsknk084sn02q',
    sku: 'MUG-1',
    title: 'Mug',
    category: 'kitchen',
    quantity,
    unitPrice: amount(1_999),
    total: amount(1_999 * quantity),
    discount: amount(0),
    weightGrams: 300,
    ...rest,
  };
}

/** An order whose sums are right: total = subtotal + shipping + tax − discount. */
export function anOrder(change: Partial<OrderFacts> = {}): OrderFacts {
  const { currency = 'EUR', lines = [aLine({ currency })] } = change;
  const amount = amountIn(currency);
  const sumOf = (of: (line: FactLine) => Amount): Amount => amount(lines.reduce((sum, line) => sum + of(line).amount, 0));
  const [subtotal, discount] = [sumOf(({ total }) => total), sumOf((line) => line.discount)];
  const { shipping = amount(490), tax = amount(0) } = change;
  return {
    orderId: 'ord_01h455vb4pex5vsknk084sn02q',
    number: '7K3QZ9XA',
    locale: 'en',
    currency,
    lines,
    subtotal,
    discount,
    shipping,
    tax,
    total: amount(subtotal.amount + shipping.amount + tax.amount - discount.amount),
    shippingAddress: { name: 'Zoë Müller', line1: 'Rue de l’Église 5', city: 'Köln', postalCode: '50667', country: 'DE' },
    shippingOption: { carrier: 'sandbox', service: 'standard' },
    confirmedAt: '2026-11-21T10:00:00.000Z',
    ...change,
  };
}
