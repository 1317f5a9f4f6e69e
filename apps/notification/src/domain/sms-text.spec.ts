import { amounts } from './amounts.js';
import { smsKinds } from './sms.js';
import { smsText } from './sms-text.js';
import { locales } from './texts/texts.js';

/** The basic alphabet and its extension: 160 places a message, those of the extension take two. Source: 3GPP TS 23.038, 6.2.1. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const extension = '^{}\\[~]|€';

describe('a text message', () => {
  it.each(locales)('is one message in %s, with no hole left unfilled', (locale) => {
    const amount = amounts()(locale, { amount: 123_456, currency: 'EUR' });
    for (const kind of smsKinds) {
      const text = smsText(kind, locale, { number: 'T-2026-0000123456', amount });
      const places = [...text].map((sign) => (basic.includes(sign) ? 1 : extension.includes(sign) ? 2 : Number.NaN));
      expect([text, places.reduce<number>((sum, each) => sum + each, 0) <= 160]).toEqual([text, true]);
      expect(text).toContain('T-2026-0000123456');
      expect(text).not.toMatch(/[{}]/);
    }
  });
});
