import { bytesOf, type Jobs, type Storage, storageKey, type StorageKey, toPublicId } from '@tandem/host';
import type { Database, Tx } from '@tandem/kernel';
import { done, effect, type Handled, ignored } from '@tandem/messaging';
import { type Looks, type Pictures, placeOf, renditionsFor, type StoredRendition } from '../domain/picture.js';
import type { OpenedPicture, Studio } from '../domain/studio.js';

export type PictureToMake = { readonly id: string; readonly jobId: string };

/** `stopped`: the job was cancelled, or another one has the picture. */
type Making =
  | { readonly kind: 'made'; readonly looks: Looks; readonly renditions: readonly StoredRendition[] }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'unreadable'; readonly because: string };

/** What was begun and never finished is kept this long, for the next try, seconds. */
const expectedSeconds = 86_400;

export type MakingParts = {
  readonly database: Database;
  readonly pictures: Pictures;
  readonly jobs: Jobs;
  readonly storage: Storage;
  readonly studio: Studio;
};

/**
 * Makes the renditions of a picture, as one job. Safe to repeat at every step: what lies in the storage already is not made again. A file that
 * nothing can be made of fails its job and holds up nobody.
 */
export class MakeRenditions {
  constructor(private readonly parts: MakingParts) {}

  async run(plan: Tx, picture: PictureToMake): Promise<Handled> {
    const found = await this.parts.pictures.find(picture.id, plan);
    if (found?.jobId !== picture.jobId) return ignored('another-job-has-it');
    return effect<Making>(
      () => this.make(picture, found.sourceKey),
      (tx, making) => this.settle(tx, picture, making),
    );
  }

  private async make(picture: PictureToMake, sourceKey: string): Promise<Making> {
    const { storage, studio } = this.parts;
    const key = storageKey(...sourceKey.split('/'));
    if (!(await storage.has(key))) return this.give(picture, 'upload-lost');
    const outcome = await studio.with(
      () => this.begin(picture, key),
      (opened) => this.render(picture, opened),
    );
    if (outcome?.kind === 'unreadable') return this.give(picture, outcome.because);
    return outcome ?? { kind: 'stopped' };
  }

  /** The job runs from its turn on; nothing to load when it was cancelled before. */
  private async begin({ jobId }: PictureToMake, key: StorageKey): Promise<Uint8Array | undefined> {
    const { database, jobs, storage } = this.parts;
    if (!(await database.transaction((tx) => jobs.start(tx, jobId)))) return undefined;
    const source = await storage.get(key);
    if (!source) throw new Error(`${key} has just gone`);
    return bytesOf(source.content);
  }

  /** The job has failed for good, whatever becomes of the message. */
  private async give({ jobId }: PictureToMake, because: string): Promise<Making> {
    await this.parts.jobs.fail(jobId, because);
    return { kind: 'unreadable', because };
  }

  private async render({ id, jobId }: PictureToMake, { looks, render }: OpenedPicture): Promise<Making> {
    const { jobs, pictures, storage } = this.parts;
    const planned = renditionsFor(looks.width).map((rendition) => ({ ...rendition, key: storageKey(...placeOf(id, rendition)) }));
    await pictures.expect(
      planned.map(({ key }) => key),
      expectedSeconds,
    );
    const renditions: StoredRendition[] = [];
    for (const { key, ...rendition } of planned) {
      const kept = await storage.get(key);
      kept?.content.destroy();
      const { sizeBytes } = kept ?? (await storage.put(key, await render(rendition)));
      renditions.push({ ...rendition, key, sizeBytes });
      if (!(await jobs.progress(jobId, (99 * renditions.length) / planned.length))) return { kind: 'stopped' };
    }
    return { kind: 'made', looks, renditions };
  }

  private async settle(tx: Tx, { id, jobId }: PictureToMake, making: Making) {
    const { jobs, pictures } = this.parts;
    if (making.kind === 'made') {
      const { looks, renditions } = making;
      const mediaId = toPublicId('picture', id);
      const { width, height } = looks;
      if ((await jobs.finish(tx, jobId, { mediaId, width, height })) && (await pictures.finish(tx, { id, jobId, looks, renditions })))
        return done;
    }
    await pictures.fail(tx, id, jobId);
    return ignored(making.kind === 'unreadable' ? making.because : 'cancelled');
  }
}
