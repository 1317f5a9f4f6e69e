/** What may be uploaded as a picture. No SVG: it is a program. Source: docs/reference/pictures.md, "What is taken". */
export const pictureFormats = ['avif', 'gif', 'jpeg', 'png', 'webp'] as const;
export type PictureFormat = (typeof pictureFormats)[number];

/** Pixels of a whole picture and of a side; WebP holds no longer side. Decoded, the largest is 200 MB. */
export const pictureLimits = { pixels: 50_000_000, side: 16_383 } as const;

/** Where the storefront serves a rendition: `/v1/media/med_…/1-320.jpeg`. The recipe is a part of it, so that what is cached for ever under it is never another. */
export function renditionPath(mediaId: string, { width, format, recipe }: RenditionName): string {
  return `/v1/media/${mediaId}/${recipe}-${width}.${format}`;
}

type RenditionName = { readonly width: number; readonly format: string; readonly recipe: number };

/** Whether a picture of this size is within the limits. */
export function isTooLarge({ width, height }: { readonly width: number; readonly height: number }): boolean {
  return width * height > pictureLimits.pixels || Math.max(width, height) > pictureLimits.side;
}
