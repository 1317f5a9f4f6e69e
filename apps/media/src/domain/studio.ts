import type { Looks, Rendition } from './picture.js';

/** Why nothing can be made of a file; a word for programs, public. */
export type Unreadable = 'format-not-accepted' | 'too-many-pixels' | 'not-readable' | 'took-too-long' | 'rendering-crashed';

/** A file of somebody else's, opened. */
export type OpenedPicture = {
  readonly looks: Looks;
  /** Without what the camera noted in it (place, time, device), upright, in sRGB.. */
  render(rendition: Rendition): Promise<Uint8Array>;
};

export type UnreadablePicture = { readonly kind: 'unreadable'; readonly because: Unreadable };

/**
 * Looks at pictures of unknown people. What is in the file can harm nothing but the answer: a decoder that crashes or never ends is an
 * `unreadable` picture. One picture at a time.
 */
export type Studio = {
  /** Waits for its turn, loads the file, and gives it opened to `work`. `undefined`: there was nothing to load. Throws once it is closed. */
  with<T>(
    load: () => Promise<Uint8Array | undefined>,
    work: (opened: OpenedPicture) => Promise<T>,
  ): Promise<T | UnreadablePicture | undefined>;
  close(): Promise<void>;
};
