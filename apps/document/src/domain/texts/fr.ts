import type { Texts } from './texts.js';

export const fr: Texts = {
  titles: { invoice: 'Facture', 'packing-slip': 'Bon de livraison', 'credit-note': 'Avoir' },
  number: 'Numéro', date: 'Date', order: 'Commande', delivery: 'Livraison', invoice: 'Pour la facture', reason: 'Motif',
  to: 'Destinataire',
  article: 'Article', quantity: 'Qté', unitPrice: 'Prix unitaire', discount: 'Remise', amount: 'Montant', weight: 'Poids',
  subtotal: 'Sous-total', discounts: 'Remises', shipping: 'Frais de port', addedTax: 'Taxe', total: 'Total',
  refunded: 'Montant remboursé', packages: 'Poids total',
  taxRate: 'Taux de TVA', net: 'Montant HT', tax: 'Taxe', gross: 'Montant TTC',
  paid: 'Facture acquittée. La date de livraison est celle de la facture.', noTax: 'Aucune taxe n’est indiquée pour cette destination.',
  page: (page, pages) => `Page ${page} sur ${pages}`,
};
