import { createHash } from 'node:crypto';
import Mustache from 'mustache';
import type { Mail } from '../domain/mail.js';
import type { MailTemplate } from '../domain/mail-kind.js';
import { texts } from '../domain/texts/index.js';
import { type Locale, locales } from '../domain/texts/texts.js';
import { templates } from '../gen/templates.js';

/** Lines of text end before this, so that a terminal of 80 columns need not break them. Source: RFC 5322, 2.1.1. */
const mostColumns = 78;

/** Fills the compiled template of a mail: HTML with every value escaped, and plain text as it is. */
export function renderMail({ kind, locale, values }: Mail): { readonly html: string; readonly text: string; readonly version: string } {
  const template = templates[kind];
  const text = Mustache.render(template.text, values, undefined, { escape: String });
  return {
    html: Mustache.render(template.html, values),
    text: text.split('\n').map(folded).join('\n'),
    version: versions.get(`${locale} ${kind}`) ?? '',
  };
}

/** What mails are written by, in 12 characters: another one as soon as template or words change; news shares its words. By language and kind. */
const versions = new Map(
  locales.flatMap((locale) =>
    (Object.keys(templates) as MailTemplate[]).map((kind) => [`${locale} ${kind}`, versionOf(kind, locale)] as const),
  ),
);

function versionOf(kind: MailTemplate, locale: Locale): string {
  const words = Object.entries(texts[locale]).filter(([part]) => part !== 'mails' && part !== 'sms');
  const { mails } = texts[locale];
  const own = kind === 'news' || kind === 'digest' ? mails : mails[kind];
  return createHash('sha256')
    .update(JSON.stringify([kind, templates[kind], own, Object.fromEntries(words)]))
    .digest('hex')
    .slice(0, 12);
}

/** A line that is too long goes on, indented as it began, on the next; a word is never broken. */
function folded(line: string): string {
  if (line.length <= mostColumns) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  const space = line.slice(indent.length, mostColumns + 1).lastIndexOf(' ') + indent.length;
  return space <= indent.length ? line : `${line.slice(0, space)}\n${folded(indent + line.slice(space + 1))}`;
}
