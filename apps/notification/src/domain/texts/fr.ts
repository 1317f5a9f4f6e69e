import type { Texts } from './texts.js';

export const fr: Texts = {
  mails: {
    'order.confirmed': {
      subject: 'Merci pour votre commande {number}',
      lead: 'Elle est payée et nous la préparons.',
      item: 'Article', seats: 'Places', quantity: 'Quantité', amount: 'Montant', shipping: 'Livraison', tax: 'Taxe', discount: 'Remise', total: 'Total',
      destination: 'Elle sera livrée à {address}.',
    },
    'order.shipped': { subject: 'Votre commande {number} est en route', lead: 'Le transporteur a votre colis.' },
    'order.delivered': { subject: 'Votre commande {number} est arrivée', lead: 'Nous espérons qu’elle vous plaira.' },
    'order.cancelled': {
      subject: 'Votre commande {number} est annulée',
      because: 'Motif : {reason}.',
      refunded: '{amount} vous sont remboursés.', uncharged: 'Rien ne vous a été facturé.',
    },
    'order.refunded': { subject: 'Remboursement pour votre commande {number}', lead: '{amount} vous sont remboursés.', because: 'Motif : {reason}.' },
    'product.back': { subject: '{title} est de retour', lead: '{title} est de nouveau disponible.', why: 'Vous recevez ce message parce que vous avez demandé à être prévenu. Il n’y en aura pas d’autre.' },
  },
  reasons: {
    'customer-request': 'à votre demande', 'payment-declined': 'votre banque a refusé le paiement', 'payment-voided': 'le paiement n’a pas abouti',
    'payment-timed-out': 'le paiement n’a pas abouti à temps', 'out-of-stock': 'article épuisé', 'seats-taken': 'les places ont été prises', unavailable: 'nous n’avons pas pu l’exécuter',
  },
  why: 'Vous recevez ce message en raison de votre commande {number}. Ce n’est pas une publicité.',
};
