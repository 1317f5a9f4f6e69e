import type { Tx } from '@tandem/kernel';

export type RenditionFormat = 'avif' | 'webp' | 'jpeg';
export type Rendition = { readonly width: number; readonly format: RenditionFormat };
/** A rendition as it lies in the storage. */
export type StoredRendition = Rendition & { readonly key: string; readonly sizeBytes: number };

/** What a picture looks like, before any of it is loaded. `width` and `height` are those it is shown with, `color` is `#rrggbb`. */
export type Looks = { readonly width: number; readonly height: number; readonly blurHash: string; readonly color: string };

/** A picture; ids are UUIDs. Its looks and renditions are there once it is ready. */
export type Picture = Looks & {
  readonly id: string;
  readonly state: 'processing' | 'ready' | 'failed';
  readonly jobId: string;
  /** Its job is queued or running. */
  readonly isUnderWay: boolean;
  readonly sourceKey: string;
  readonly createdAt: Date;
  readonly renditions: readonly StoredRendition[];
};

/** A picture as it is told: one whose job ended without it has failed, whether its worker could say so or not. */
export function stateOf({ state, isUnderWay }: Pick<Picture, 'state' | 'isUnderWay'>): Picture['state'] {
  return state === 'processing' && !isUnderWay ? 'failed' : state;
}

/** An upload that is complete. `sha256` in hex. */
export type Upload = { readonly key: string; readonly sha256: string; readonly sizeBytes: number; readonly format: string };

/** Pictures and their objects. Whatever lies in the storage is referred to by a picture or known as loose, before it is written. */
export type Pictures = {
  find(id: string, tx?: Tx): Promise<Picture | undefined>;
  /** Whoever adds the same bytes at the same time waits until the commit. */
  lockSha256(tx: Tx, sha256: string): Promise<void>;
  bySha256(tx: Tx, sha256: string): Promise<Picture | undefined>;
  /** False: nobody began this upload, or it was removed because it took too long. Afterwards the object is the picture's. */
  takeUpload(tx: Tx, key: string): Promise<boolean>;
  add(tx: Tx, picture: Upload & { readonly id: string; readonly jobId: string }): Promise<void>;
  /** Another job, and another upload of the same bytes; the former object is loose. */
  restart(tx: Tx, picture: { readonly id: string; readonly jobId: string; readonly key: string }): Promise<void>;
  /** Gives a picture what was made of it; false when another job has it, or it is gone. Its objects are not loose any more. */
  finish(tx: Tx, made: Made): Promise<boolean>;
  /** Nothing was made of it, by this job. */
  fail(tx: Tx, id: string, jobId: string): Promise<void>;
  /** Nobody claims it and no job works on it: it is gone and its objects are loose. */
  remove(tx: Tx, id: string): Promise<'removed' | 'not-found' | 'in-use' | 'not-ready'>;
  /** Asking again changes nothing. `productId`: who is to show them, null when that was not said. */
  claim(tx: Tx, claim: { readonly claim: string; readonly productId: string | null }, ids: readonly string[]): Promise<Claiming>;
  /** Products that claim a picture, as far as they have said who they are. */
  claimedBy(tx: Tx, id: string): Promise<readonly string[]>;
  release(claim: string): Promise<void>;
  /** These objects may soon be written. Unless a picture takes them, they are removed after so many seconds. Throws while one of before is being removed. */
  expect(keys: readonly string[], keptSeconds: number): Promise<void>;
  /** Removes some loose objects that are due, by `remove`, side by side and in no transaction; answers how many. One that fails is due again later, and thrown after the others. Safe to run on several replicas. */
  sweep(remove: (key: string) => Promise<void>): Promise<number>;
};

export type Made = { readonly id: string; readonly jobId: string; readonly looks: Looks; readonly renditions: readonly StoredRendition[] };
export type Claiming =
  | { readonly kind: 'claimed'; readonly pictures: readonly Picture[] }
  | { readonly kind: 'not-found' | 'not-ready' | 'failed'; readonly id: string };

/** Widths a shop page asks for, in pixels. */
const usualWidths = [320, 640, 1_280, 1_920];
const formats: readonly RenditionFormat[] = ['jpeg', 'webp', 'avif'];

/** What is made of a picture this wide: never enlarged, so the last is as wide as the picture, or 1,920. The cheapest come first. */
export function renditionsFor(width: number): readonly Rendition[] {
  const widest = Math.min(width, usualWidths.at(-1) ?? width);
  return [...usualWidths.filter((usual) => usual < widest), widest].flatMap((each) => formats.map((format) => ({ width: each, format })));
}

/** Rises when renditions are made differently, so that old and new never share a name. */
const recipe = 1;

/** Segments of the key a rendition is stored under: the same picture always gets the same, so a repeat makes nothing twice. */
export function placeOf(pictureId: string, { width, format }: Rendition): readonly [string, string, string] {
  return ['pictures', pictureId, `${recipe}-${width}.${format}`];
}

/** The recipe of a rendition that is stored under this key. */
export function recipeOf(key: string): number {
  return Number(/\/(\d+)-[^/]*$/.exec(key)?.[1]);
}
