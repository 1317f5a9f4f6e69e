import type { Texts } from './texts.js';

export const de: Texts = {
  mails: {
    'order.confirmed': {
      subject: 'Danke für deine Bestellung {number}',
      lead: 'Sie ist bezahlt, und wir packen sie ein.',
      item: 'Artikel',
      seats: 'Plätze',
      quantity: 'Menge',
      amount: 'Betrag',
      shipping: 'Versand',
      tax: 'Steuer',
      discount: 'Rabatt',
      total: 'Summe',
      destination: 'Sie geht an:',
    },
    'order.shipped': { subject: 'Deine Bestellung {number} ist unterwegs', lead: 'Das Paket ist beim Zusteller.' },
    'order.delivered': { subject: 'Deine Bestellung {number} ist angekommen', lead: 'Wir wünschen dir viel Freude damit.' },
    'order.parcel-lost': {
      subject: 'Ein Paket deiner Bestellung {number} ist verloren gegangen',
      lead: 'Das tut uns leid: Der Zusteller meldet es als verloren. Wir gehen dem nach und schreiben dir.',
    },
    'order.parcel-returned': {
      subject: 'Ein Paket deiner Bestellung {number} kommt zu uns zurück',
      lead: 'Der Zusteller bringt es zurück. Wir melden uns bei dir und sagen, wie es weitergeht.',
    },
    'order.cancelled': {
      subject: 'Deine Bestellung {number} ist storniert',
      because: 'Grund: {reason}.',
      refunded: '{amount} sind auf dem Weg zurück zu dir.',
      refundedBefore: 'Was du bezahlt hast, ist schon erstattet oder auf dem Weg zu dir; zu jeder Erstattung schreiben wir dir eigens.',
      uncharged: 'Dir wurde nichts berechnet.',
    },
    'order.refunded': {
      subject: 'Erstattung für deine Bestellung {number}',
      lead: '{amount} sind auf dem Weg zurück zu dir.',
      because: 'Grund: {reason}.',
    },
    'product.back': {
      subject: '{title} ist wieder da',
      lead: '{title} ist wieder lieferbar.',
      look: 'Zum Artikel',
      why: 'Du bekommst diese Mail, weil du benachrichtigt werden wolltest. Dem Artikel folgst du damit nicht mehr.',
    },
    'product.cheaper': {
      subject: '{title} ist günstiger',
      lead: '{title} kostet jetzt {is} statt {was}.',
      look: 'Zum Artikel',
      why: 'Du bekommst diese Mail, weil du diesem Artikel folgst, bis er wieder lieferbar ist.',
    },
    'points.available': {
      subject: '{points} Punkte für dich',
      lead: 'Du kannst {points} Punkte bei deiner nächsten Bestellung einlösen.',
      why: 'Du bekommst diese Mail, weil du Punkte sammelst.',
    },
    'points.tier': {
      subject: 'Willkommen in der Stufe {tier}',
      lead: 'Du bist jetzt {tier}. Außerdem kannst du {points} neue Punkte einlösen.',
      why: 'Du bekommst diese Mail, weil du Punkte sammelst.',
    },
    'points.expiring': {
      subject: '{points} Punkte verfallen bald',
      lead: '{points} deiner Punkte verfallen am {on}. Bis dahin kannst du sie einlösen.',
      why: 'Du bekommst diese Mail, weil du Punkte sammelst.',
    },
    digest: {
      subject: 'Neues für dich',
      lead: 'Das ist seit gestern passiert:',
      why: 'Du bekommst diese Mail, weil du Neuigkeiten einmal am Tag lesen wolltest.',
    },
  },
  sms: {
    'order.confirmed': 'Tandem: Danke für deine Bestellung {number}. Wir packen sie ein.',
    'order.shipped': 'Tandem: Deine Bestellung {number} ist unterwegs.',
    'order.delivered': 'Tandem: Deine Bestellung {number} ist angekommen.',
    'order.cancelled': 'Tandem: Deine Bestellung {number} ist storniert. Mehr steht in unserer Mail.',
    'order.refunded': 'Tandem: {amount} für deine Bestellung {number} sind auf dem Weg zurück zu dir.',
  },
  reasons: {
    'customer-request': 'auf deinen Wunsch',
    'payment-declined': 'deine Bank hat die Zahlung abgelehnt',
    'payment-voided': 'die Zahlung kam nicht zustande',
    'payment-timed-out': 'die Zahlung kam nicht rechtzeitig zustande',
    'out-of-stock': 'nicht mehr auf Lager',
    'seats-taken': 'die Plätze hat jemand anderes',
    unavailable: 'wir konnten sie nicht ausführen',
  },
  why: 'Du bekommst diese Mail wegen deiner Bestellung {number}. Sie ist keine Werbung.',
};
