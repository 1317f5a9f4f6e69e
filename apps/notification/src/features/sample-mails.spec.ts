import { renderMail } from '../adapters/render-mail.js';
import { type Locale, locales } from '../domain/texts/texts.js';
import { sampleMails } from './sample-mails.js';

describe('every mail', () => {
  it.each(locales)('is whole in %s: subject, HTML with its language, text, and no hole left unfilled', (locale) => {
    for (const mail of sampleMails(locale)) {
      const { html, text } = renderMail(mail);
      expect(html).toContain(`lang="${locale}"`);
      expect(html).toContain(mail.subject.replace(/'/g, '&#39;'));
      expect(text.startsWith(`${mail.subject}\n`)).toBe(true);
      expect(`${html}${text}`).not.toMatch(/\{\{|\}\}|\{[a-zA-Z]+\}|undefined/);
    }
  });

  it.each(locales)('is announced in %s, in a list of mails, by more than its subject', (locale) => {
    for (const mail of sampleMails(locale)) {
      const [, preview = ''] = /<div style="display:none[^>]*>([^<]*)</.exec(renderMail(mail).html) ?? [];
      expect(['', mail.subject]).not.toContain(preview.trim());
    }
  });

  it.each(locales)('says in %s what it said when somebody last looked at it (npm run mails)', (locale) => {
    expect(
      sampleMails(locale)
        .map((mail) => renderMail(mail).text)
        .join('\n=====\n'),
    ).toMatchSnapshot();
  });

  it.each(locales)('has a version in %s that says by what it was written', (locale) => {
    const ofOrders = sampleMails(locale).filter(({ kind }) => kind.startsWith('order.'));
    const versions = new Map(ofOrders.map((mail) => [mail.kind, renderMail(mail).version]));
    expect(Object.fromEntries(versions)).toMatchSnapshot();
    expect(new Set(versions.values()).size).toBe(versions.size);
  });

  it('looks as it did when somebody last looked at it (npm run mails)', () => {
    const seen = new Map(sampleMails('en' satisfies Locale).map((mail) => [mail.kind, renderMail(mail).html]));
    expect(Object.fromEntries(seen)).toMatchSnapshot();
  });
});
