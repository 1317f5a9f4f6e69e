import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgShelves } from '../adapters/pg-shelves.js';
import type { PictureArchive } from '../domain/ports.js';
import type { ProductPicture } from '../domain/product.js';
import { aProduct, shopOn } from '../spec-shop.js';
import { SetPictures } from './set-pictures.js';

const picture = (mediaId: string): ProductPicture => ({ mediaId, width: 800, height: 600, blurHash: 'L2Eo', color: '#c04020', widths: [320, 640, 800] });

describe('the pictures of a product', () => {
  let db: SpecDatabase;
  /** What media keeps, by claim. */
  const claims = new Map<string, readonly string[]>();
  const archive: PictureArchive = {
    claim: async (claim, mediaIds) => {
      if (mediaIds.includes('gone')) return { kind: 'missing', because: 'there is no picture gone' };
      claims.set(claim, mediaIds);
      return { kind: 'claimed', pictures: mediaIds.map(picture) };
    },
    release: async (claim) => void claims.delete(claim),
  };

  beforeAll(async () => {
    db = await createSpecDatabase('catalog');
  });
  beforeEach(() => claims.clear());
  afterAll(() => db.drop());

  const offer = async (): Promise<string> => {
    const product = aProduct(`Kettle ${newUuid()}`);
    await shopOn(db).shelf.addAll([product]);
    return product.id;
  };
  const setting = (shelves = pgShelves()) => new SetPictures({ database: db.database, shelves, archive, outbox: db.outbox, now: () => new Date('2026-01-02T03:04:05Z') });
  const shown = async (id: string) => (await shopOn(db).products.byId(id))?.pictures.map(({ mediaId }) => mediaId);

  it('are shown in the order given, and its change is told', async () => {
    const id = await offer();
    expect((await shopOn(db).products.byId(id))?.pictures).toEqual([]);
    const outcome = await setting().run(id, ['b', 'a']);
    expect(outcome).toMatchObject({ kind: 'set', product: { id, version: 2, pictures: [picture('b'), picture('a')] } });
    expect(await db.events(toPublicId('product', id))).toMatchObject([{ type: 'product.changed.v1', data: { version: 2 } }]);
    expect([await shown(id), [...claims.values()]]).toEqual([['b', 'a'], [['b', 'a']]]);
  });

  it('are let go of when they are replaced, and only then', async () => {
    const id = await offer();
    for (const pictures of [['a'], ['a', 'b'], ['a', 'b'], []]) await setting().run(id, pictures);
    expect([await shown(id), [...claims.values()]]).toEqual([[], [[]]]);
  });

  it('are kept whatever comes at the same time: the last change is what is claimed', async () => {
    const id = await offer();
    await Promise.all(Array.from({ length: 8 }, (_, index) => setting().run(id, [`p${index}`])));
    expect([...claims.values()]).toEqual([await shown(id)]);
  });

  it('leave no claim where nothing was changed', async () => {
    const id = await offer();
    const broken = { ...pgShelves(), setPictures: () => Promise.reject(new Error('the database is away')) };
    await expect(setting(broken).run(id, ['a'])).rejects.toThrow('the database is away');
    expect([await setting().run(newUuid(), ['a']), await setting().run(id, ['gone'])]).toEqual([{ kind: 'unknown-product' }, { kind: 'missing', because: 'there is no picture gone' }]);
    expect([await shown(id), claims.size]).toEqual([[], 0]);
  });
});
