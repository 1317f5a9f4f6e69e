import type { MailValues } from './mail.js';

type Picture = { readonly url: string; readonly width: number; readonly height: number };

/** Pixels of the longer side, as a mail shows it. */
const side = 56;
/** What the storefront serves pictures under; nothing else is linked to, whatever an event says. */
const isShown = /^\/(?:images|v1\/media\/\w+)\/[\w-]+\.(?:jpeg|webp)$/;

/** The picture beside a line, a list of one or of none: its absolute address, and the size it is shown in, with which its place is held while a mail program blocks it. */
export function pictureOf(publicUrl: string, picture: Picture | undefined): readonly MailValues[] {
  if (!picture || !isShown.test(picture.url)) return [];
  const scale = side / Math.max(picture.width, picture.height);
  const shown = (length: number): string => String(Math.max(1, Math.round(length * scale)));
  return [{ url: publicUrl + picture.url, width: shown(picture.width), height: shown(picture.height) }];
}
