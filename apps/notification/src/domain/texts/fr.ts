import type { Texts } from './texts.js';

export const fr: Texts = {
  mails: {
    'order.confirmed': {
      subject: 'Merci pour votre commande {number}',
      lead: 'Elle est payée et nous la préparons.',
      item: 'Article',
      seats: 'Places',
      quantity: 'Quantité',
      amount: 'Montant',
      shipping: 'Livraison',
      tax: 'Taxe',
      discount: 'Remise',
      total: 'Total',
      destination: 'Elle sera livrée à :',
    },
    'order.shipped': { subject: 'Votre commande {number} est en route', lead: 'Le transporteur a votre colis.' },
    'order.delivered': { subject: 'Votre commande {number} est arrivée', lead: 'Nous espérons qu’elle vous plaira.' },
    'order.parcel-lost': {
      subject: 'Un colis de votre commande {number} est perdu',
      lead: 'Nous en sommes désolés : le transporteur le déclare perdu. Nous cherchons ce qui s’est passé et nous vous écrirons.',
    },
    'order.parcel-returned': {
      subject: 'Un colis de votre commande {number} nous revient',
      lead: 'Le transporteur nous le rapporte. Nous vous écrirons pour vous dire la suite.',
    },
    'order.cancelled': {
      subject: 'Votre commande {number} est annulée',
      because: 'Motif : {reason}.',
      refunded: '{amount} vous sont remboursés.',
      refundedBefore: 'Ce que vous avez payé vous est déjà remboursé ou est en route ; nous vous écrivons pour chaque remboursement.',
      uncharged: 'Rien ne vous a été facturé.',
    },
    'order.refunded': {
      subject: 'Remboursement pour votre commande {number}',
      lead: '{amount} vous sont remboursés.',
      because: 'Motif : {reason}.',
    },
    'product.back': {
      subject: '{title} est de retour',
      lead: '{title} est de nouveau disponible.',
      look: 'Voir l’article',
      why: 'Vous recevez ce message parce que vous avez demandé à être prévenu. Vous ne suivez plus cet article.',
    },
    'product.cheaper': {
      subject: '{title} est moins cher',
      lead: '{title} coûte désormais {is} au lieu de {was}.',
      look: 'Voir l’article',
      why: 'Vous recevez ce message parce que vous suivez cet article jusqu’à son retour.',
    },
    'points.available': {
      subject: '{points} points pour vous',
      lead: 'Vous pouvez utiliser {points} points pour votre prochaine commande.',
      why: 'Vous recevez ce message parce que vous collectez des points.',
    },
    'points.tier': {
      subject: 'Bienvenue au niveau {tier}',
      lead: 'Vous êtes maintenant {tier}. De plus, vous pouvez utiliser {points} nouveaux points.',
      why: 'Vous recevez ce message parce que vous collectez des points.',
    },
    'points.expiring': {
      subject: '{points} points expirent bientôt',
      lead: '{points} de vos points expirent le {on}. Vous pouvez les utiliser d’ici là.',
      why: 'Vous recevez ce message parce que vous collectez des points.',
    },
    digest: {
      subject: 'Du nouveau pour vous',
      lead: 'Voici les nouvelles depuis hier :',
      why: 'Vous recevez ce message parce que vous souhaitez lire les nouvelles une fois par jour.',
    },
  },
  sms: {
    'order.confirmed': 'Tandem : merci pour votre commande {number}. Nous la préparons.',
    'order.shipped': 'Tandem : votre commande {number} est en route.',
    'order.delivered': 'Tandem : votre commande {number} est arrivée.',
    'order.cancelled': 'Tandem : votre commande {number} est annulée. Notre e-mail en dit plus.',
    'order.refunded': 'Tandem : {amount} pour votre commande {number} vous sont remboursés.',
  },
  reasons: {
    'customer-request': 'à votre demande',
    'payment-declined': 'votre banque a refusé le paiement',
    'payment-voided': 'le paiement n’a pas abouti',
    'payment-timed-out': 'le paiement n’a pas abouti à temps',
    'out-of-stock': 'article épuisé',
    'seats-taken': 'les places ont été prises',
    unavailable: 'nous n’avons pas pu l’exécuter',
  },
  why: 'Vous recevez ce message en raison de votre commande {number}. Ce n’est pas une publicité.',
};
