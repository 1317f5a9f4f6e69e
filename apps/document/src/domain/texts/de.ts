import type { Texts } from './texts.js';

export const de: Texts = {
  titles: { invoice: 'Rechnung', 'packing-slip': 'Lieferschein', 'credit-note': 'Gutschrift' },
  number: 'Nummer', date: 'Datum', order: 'Bestellung', delivery: 'Versand', invoice: 'Zu Rechnung', reason: 'Grund',
  to: 'Empfänger',
  article: 'Artikel', quantity: 'Menge', unitPrice: 'Einzelpreis', discount: 'Rabatt', amount: 'Betrag', weight: 'Gewicht',
  subtotal: 'Zwischensumme', discounts: 'Rabatte', shipping: 'Versandkosten', addedTax: 'Steuer', total: 'Gesamtbetrag',
  refunded: 'Erstatteter Betrag', packages: 'Gesamtgewicht',
  taxRate: 'Steuersatz', net: 'Netto', tax: 'Steuer', gross: 'Brutto',
  paid: 'Der Betrag ist bezahlt. Leistungsdatum ist das Rechnungsdatum.', noTax: 'Im Preis ist keine ausgewiesene Steuer enthalten.',
  page: (page, pages) => `Seite ${page} von ${pages}`,
};
