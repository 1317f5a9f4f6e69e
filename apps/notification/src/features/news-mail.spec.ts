import { renderMail } from '../adapters/render-mail.js';
import { amounts } from '../domain/amounts.js';
import { type NewsItem, newsKinds } from '../domain/news.js';
import { locales } from '../domain/texts/texts.js';
import { newsMail } from './news-mail.js';

const facts = {
  was: { amount: 2_000, currency: 'EUR' as const },
  is: { amount: 1_500, currency: 'EUR' as const },
  points: 1_200,
  tier: 'silver',
  on: '2026-12-24T00:00:00.000Z',
};
const item = (kind: NewsItem['kind']): NewsItem => ({ kind, title: 'Mug <b>', slug: kind.startsWith('product.') ? 'mug' : '', facts });
const items = newsKinds.filter((kind) => kind !== 'digest').map(item);
const writing = { publicUrl: 'https://shop.example', show: amounts() };

describe('news by mail', () => {
  it.each(locales)('is escaped in %s; the mail of the day has all of it', (locale) => {
    const to = { email: 'ada@tandem.example', locale };
    const alone = items.map((news) => newsMail({ ...news, ...to }, writing));
    const daily = newsMail({ kind: 'digest', title: '', slug: '', facts: { items }, ...to }, writing);
    for (const mail of [...alone, daily]) {
      expect(renderMail(mail).html).not.toContain('Mug <b>');
    }
    const { text } = renderMail(daily);
    expect(alone.filter(({ subject }) => !text.includes(subject))).toEqual([]);
    expect(text.match(/https:\/\/shop.example\/v1\/products\/mug/g)).toHaveLength(2);
  });
});
