import type { ShowAmount } from '../domain/amounts.js';
import type { Mail } from '../domain/mail.js';
import type { NewsItem, Telling } from '../domain/news.js';
import { texts } from '../domain/texts/index.js';
import { filled, type Locale } from '../domain/texts/texts.js';

type Writing = { readonly publicUrl: string; readonly show: ShowAmount };

/** The mail of one piece of news, or of all that gathered in a day. */
export function newsMail(telling: Pick<Telling, keyof NewsItem | 'email' | 'locale'>, writing: Writing): Mail {
  const { kind, email, locale } = telling;
  const t = wordsOf(telling, locale, writing);
  const base = { to: email, locale, subject: t['subject'] ?? '' };
  if (kind !== 'digest') return { ...base, kind: 'news', values: { locale, t, preview: t['lead'] ?? '', link: linkOf(telling, writing) } };
  const items = (telling.facts.items ?? []).map((item) => {
    const { subject = '', lead = '', look = '' } = wordsOf(item, locale, writing);
    return { subject, lead, look, link: linkOf(item, writing) };
  });
  return { ...base, kind: 'digest', values: { locale, t, preview: items.map(({ subject }) => subject).join(', '), items } };
}

/** What an inbox shows of a piece of news: the subject of its mail. */
export const headlines =
  (show: ShowAmount) =>
  (item: NewsItem, locale: Locale): string =>
    wordsOf(item, locale, { show })['subject'] ?? '';

/** A list of one address or none: what a template shows only where it is. */
function linkOf({ slug }: NewsItem, { publicUrl }: Writing): readonly { readonly url: string }[] {
  return slug === '' ? [] : [{ url: `${publicUrl}/v1/products/${slug}` }];
}

function wordsOf({ kind, title, facts }: NewsItem, locale: Locale, { show }: Pick<Writing, 'show'>): Readonly<Record<string, string>> {
  const { was, is, points, tier, on } = facts;
  const known = {
    title,
    ...(was ? { was: show(locale, was) } : {}),
    ...(is ? { is: show(locale, is) } : {}),
    ...(points === undefined ? {} : { points: new Intl.NumberFormat(locale).format(points) }),
    ...(tier === undefined ? {} : { tier: tier.charAt(0).toUpperCase() + tier.slice(1) }),
    ...(on === undefined ? {} : { on: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(on)) }),
  };
  return Object.fromEntries(Object.entries(texts[locale].mails[kind]).map(([part, text]) => [part, filled(text, known)]));
}
