import { simpleParser } from 'mailparser';
import type { MailContent } from '../domain/ports.js';

/** What the journal notes of a mail: only its header is read, however long the mail is. */
export async function readHead(raw: Uint8Array): Promise<{ readonly subject: string; readonly messageId: string | undefined }> {
  const parsed = await simpleParser(headerPart(Buffer.from(raw)));
  return {
    subject: withoutNul(parsed.subject ?? ''),
    messageId: parsed.messageId === undefined ? undefined : withoutNul(parsed.messageId),
  };
}

/** A whole mail, taken apart for people and tests. */
export async function readMail(raw: Uint8Array): Promise<MailContent> {
  const parsed = await simpleParser(Buffer.from(raw));
  const headers: Record<string, string> = {};
  for (const { key, line } of parsed.headerLines) {
    const value = line
      .slice(line.indexOf(':') + 1)
      .replace(/\r?\n\s*/g, ' ')
      .trim();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  if (parsed.subject !== undefined) headers['subject'] = parsed.subject;
  const attachments = parsed.attachments.map(({ filename = '', contentType, size }) => ({ filename, contentType, sizeBytes: size }));
  return { headers, text: parsed.text ?? '', html: parsed.html || '', attachments };
}

/** Header and body are separated by the first empty line. Source: RFC 5322, 2.1. */
function headerPart(raw: Buffer): Buffer {
  const end = raw.indexOf('\r\n\r\n');
  return end === -1 ? raw : raw.subarray(0, end + 4);
}

/** PostgreSQL's `text` holds every character but U+0000. */
function withoutNul(text: string): string {
  return text.replaceAll('\u0000', '');
}
