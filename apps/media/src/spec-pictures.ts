import sharp, { type Sharp } from 'sharp';

/** A picture of noise on a colour, so that it does not compress to nothing. */
export function aPicture({
  width = 1_000,
  height = 500,
  format = 'jpeg' as 'jpeg' | 'png' | 'webp' | 'avif' | 'gif',
} = {}): Promise<Buffer> {
  return noise(width, height).toFormat(format).toBuffer();
}

/** As cameras make them: it lies on its side and says so, and says where it was taken. */
export function aPhoto({ width, height }: { readonly width: number; readonly height: number }): Promise<Buffer> {
  const exif = { IFD0: { Make: 'Kamera', Copyright: 'somebody' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1' } };
  return noise(width, height).jpeg().withMetadata({ orientation: 6 }).withExifMerge(exif).toBuffer();
}

/** A PNG of some kilobytes that says it has so many pixels. */
export function aBomb(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#000000' }, limitInputPixels: false })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

function noise(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, background: '#c04020', noise: { type: 'gaussian', mean: 128, sigma: 20 } } });
}
