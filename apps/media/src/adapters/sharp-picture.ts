import { isTooLarge, pictureLimits } from '@tandem/contracts';
import { encode } from 'blurhash';
import type { Sharp, SharpOptions } from 'sharp';
import sharp from 'sharp';
import type { Looks, Rendition } from '../domain/picture.js';
import type { StudioReply } from './studio-messages.js';

/** A decoded picture, small enough for the widest rendition. */
type Master = {
  readonly data: Buffer;
  readonly info: { readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 };
};
export type Opened = { readonly looks: Looks; readonly master: Master };
type Unreadable = Extract<StudioReply, { kind: 'unreadable' }>;

const widest = 1_920;
/** A rendering may take this long, seconds. */
const timeLimit = 20;
/** Decoders of what may be uploaded. libvips has many more, and none of those is ever given a file. */
const decoders = [
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadWebpBuffer',
  'VipsForeignLoadHeifBuffer',
  'VipsForeignLoadNsgifBuffer',
];
/** A HEIF container may hold AVIF, which is taken, or HEVC, which is not. */
const accepted: ReadonlySet<string | undefined> = new Set(['jpeg', 'png', 'webp', 'gif', 'avif']);

/** One thread a picture, so that more workers are what makes it faster; nothing cached between pictures; only known decoders. */
export function prepareSharp(): void {
  sharp.concurrency(1);
  sharp.cache(false);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: decoders });
}

/** Looks at the header first: what is too large is never decoded. The first frame of one that moves. */
export async function openPicture(file: Uint8Array): Promise<Opened | Unreadable> {
  const options: SharpOptions = { limitInputPixels: pictureLimits.pixels, failOn: 'truncated', pages: 1 };
  const header = await sharp(file, { ...options, limitInputPixels: false }).metadata();
  const format = header.format === 'heif' && header.compression === 'av1' ? 'avif' : header.format;
  if (!accepted.has(format)) return { kind: 'unreadable', because: 'format-not-accepted', detail: String(format) };
  if (isTooLarge(header)) return { kind: 'unreadable', because: 'too-many-pixels', detail: `${header.width} × ${header.height}` };
  const { width, height } = uprightOf(header);
  const upright = sharp(file, options)
    .autoOrient()
    .toColourspace('srgb')
    .resize({ width: widest, withoutEnlargement: true })
    .timeout({ seconds: timeLimit });
  const master = (await upright.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })) as Master;
  return { looks: { width, height, ...(await impressionOf(master)) }, master };
}

/** Orientations 5 to 8 lie on their side. Source: EXIF 2.32, "Orientation". */
function uprightOf({
  width,
  height,
  orientation = 1,
}: {
  readonly width: number;
  readonly height: number;
  readonly orientation?: number | undefined;
}) {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

function from({ data, info: { width, height, channels } }: Master): Sharp {
  return sharp(data, { raw: { width, height, channels } }).timeout({ seconds: timeLimit });
}

/** What it looks like from afar: a 4 × 3 blur hash and the colour of most of it. */
async function impressionOf(master: Master): Promise<Pick<Looks, 'blurHash' | 'color'>> {
  const small = await from(master)
    .resize({ width: 32, height: 32, fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = small.info;
  const blurHash = encode(new Uint8ClampedArray(small.data), width, height, 4, 3);
  const { dominant } = await sharp(small.data, { raw: { width, height, channels: 4 } })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .stats();
  return { blurHash, color: `#${[dominant.r, dominant.g, dominant.b].map((part) => part.toString(16).padStart(2, '0')).join('')}` };
}

/** Qualities that look alike; the efforts are those after which a second of work saves next to nothing. Source: docs/reference/pictures.md. */
export async function renderPicture({ master }: Opened, { width, format }: Rendition): Promise<Uint8Array> {
  const sized = from(master).resize({ width, withoutEnlargement: true });
  switch (format) {
    case 'avif':
      return sized.avif({ quality: 50, effort: 2 }).toBuffer();
    case 'webp':
      return sized.webp({ quality: 78 }).toBuffer();
    case 'jpeg':
      return sized.flatten({ background: '#ffffff' }).jpeg({ quality: 80, progressive: true }).toBuffer();
  }
}
