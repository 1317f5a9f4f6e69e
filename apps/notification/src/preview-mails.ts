import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { renderMail } from './adapters/render-mail.js';
import type { Mail } from './domain/mail.js';
import { locales } from './domain/texts/texts.js';
import { sampleMails } from './features/sample-mails.js';

/** `npm run mails`: writes a page that shows every mail in every language, as HTML on a phone's width and as text. Pictures are those of a shop that was started here; without one they are as if blocked. */
const shop = 'http://localhost:3000';
const folder = fileURLToPath(new URL('../../../.tandem/', import.meta.url));

const inHtml = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function shown(mail: Mail): string {
  const { html, text, version } = renderMail(mail);
  return `<td><p>${mail.locale}, version ${version}</p><iframe srcdoc="${inHtml(html)}" title="${inHtml(mail.subject)}"></iframe><pre>${inHtml(text)}</pre></td>`;
}

const columns = locales.map((locale) => sampleMails(locale, shop));
const rows = columns[0]!.map(
  ({ kind }, row) =>
    `<tr><th colspan="${locales.length}">${kind}</th></tr><tr>${columns.map((column) => shown(column[row]!)).join('')}</tr>`,
);
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Mails</title>
<style>body{font-family:sans-serif} iframe{width:375px;height:640px;border:1px solid #999} td{vertical-align:top} pre{width:375px;white-space:pre-wrap;font-size:11px}</style>
<h1>Every mail, ${locales.join(', ')}</h1><p>Dark mode: switch your system, or the browser's emulation, to dark.</p><table>${rows.join('\n')}</table></html>
`;
await mkdir(folder, { recursive: true });
await writeFile(`${folder}mails.html`, page);
process.stdout.write(`wrote ${folder}mails.html: open it in a browser\n`);
