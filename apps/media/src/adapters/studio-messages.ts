import type { Looks, Rendition } from '../domain/picture.js';
import type { Unreadable } from '../domain/studio.js';

/** What the studio's process is asked. A file that is opened stays until the next one. */
export type StudioRequest = { readonly do: 'open'; readonly file: Uint8Array } | { readonly do: 'render'; readonly rendition: Rendition };

export type StudioReply =
  | { readonly kind: 'opened'; readonly looks: Looks }
  | { readonly kind: 'rendered'; readonly bytes: Uint8Array }
  | { readonly kind: 'unreadable'; readonly because: Unreadable; readonly detail: string };
