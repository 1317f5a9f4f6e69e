/** What the first bytes of a file say it is. `width` and `height` where they say that too. */
export type Sniffed =
  | {
      readonly kind: 'picture';
      readonly format: 'avif' | 'gif' | 'jpeg' | 'png' | 'webp';
      readonly size?: { readonly width: number; readonly height: number };
    }
  | { readonly kind: 'other'; readonly name: string };

/** So many bytes are enough to say. */
export const headBytes = 64;

const text = (head: Uint8Array, from: number, length: number): string => String.fromCharCode(...head.subarray(from, from + length));
const number = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** Names of what people send in place of a picture we take; `RegExp` over the first bytes as Latin-1. */
const others: readonly (readonly [RegExp, string])[] = [
  [/^\s*(\u00ef\u00bb\u00bf)?\s*<(\?xml|svg|!DOCTYPE svg)/i, 'SVG or XML'],
  [/^\s*</, 'HTML or XML'],
  [/^%PDF/, 'PDF'],
  [/^BM/, 'BMP'],
  [/^(II\*\0|MM\0\*)/, 'TIFF'],
  [/^PK/, 'ZIP'],
  [/^....ftyp(heic|heix|hevc|mif1|msf1)/s, 'HEIC'],
  [/^....ftyp/s, 'a video'],
  [/^\s*[{[]/, 'JSON'],
  [/^$/, 'an empty file'],
];

/** Decides by content; names and headers say what somebody wishes it were. Sources: RFC 2083, JFIF 1.02, GIF89a, the WebP container, ISO/IEC 23000-22. */
export function sniff(head: Uint8Array): Sniffed {
  const start = text(head, 0, headBytes);
  if (start.startsWith('\u0089PNG\r\n\u001a\n'))
    return { kind: 'picture', format: 'png', size: { width: number(head.subarray(16, 20)), height: number(head.subarray(20, 24)) } };
  if (start.startsWith('\u00ff\u00d8\u00ff')) return { kind: 'picture', format: 'jpeg' };
  if (/^GIF8[79]a/.test(start))
    return {
      kind: 'picture',
      format: 'gif',
      size: { width: number(head.slice(6, 8).reverse()), height: number(head.slice(8, 10).reverse()) },
    };
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return { kind: 'picture', format: 'webp', ...webpSize(head, start) };
  if (start.slice(4, 8) === 'ftyp' && /avi[fs]/.test(brandsOf(head))) return { kind: 'picture', format: 'avif' };
  return { kind: 'other', name: others.find(([pattern]) => pattern.test(start))?.[1] ?? 'something else' };
}

/** Only the extended form says it in one place. */
function webpSize(head: Uint8Array, start: string): { size?: { width: number; height: number } } {
  if (start.slice(12, 16) !== 'VP8X') return {};
  const side = (at: number): number => number(head.slice(at, at + 3).reverse()) + 1;
  return { size: { width: side(24), height: side(27) } };
}

/** The major brand and those it is compatible with; the box says how long it is. */
function brandsOf(head: Uint8Array): string {
  return text(head, 8, Math.min(number(head.subarray(0, 4)), headBytes) - 8);
}
