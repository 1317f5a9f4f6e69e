import Mustache from 'mustache';
import type { Mail } from '../domain/mail.js';
import { templates } from '../gen/templates.js';

/** Fills the compiled template of a mail: HTML with every value escaped, and plain text as it is. */
export function renderMail({ kind, values }: Mail): { readonly html: string; readonly text: string } {
  const template = templates[kind];
  return { html: Mustache.render(template.html, values), text: Mustache.render(template.text, values, undefined, { escape: String }) };
}
