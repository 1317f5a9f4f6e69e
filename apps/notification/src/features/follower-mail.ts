import type { Telling } from '../domain/followers.js';
import type { Mail } from '../domain/mail.js';
import { texts } from '../domain/texts/index.js';
import { filled } from '../domain/texts/texts.js';

/** The mail to somebody who wanted to hear of a product. */
export function followerMail({ email, locale, title, slug }: Pick<Telling, 'email' | 'locale' | 'title' | 'slug'>, publicUrl: string): Mail {
  const known = { title, url: `${publicUrl}/v1/products/${slug}` };
  const t = Object.fromEntries(Object.entries(texts[locale].mails['product.back']).map(([part, text]) => [part, filled(text, known)]));
  return { kind: 'product.back', to: email, locale, subject: t['subject'] ?? '', values: { locale, t, url: known.url } };
}
