import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgLooseClaims } from '../adapters/pg-loose-claims.js';
import { pgShelves } from '../adapters/pg-shelves.js';
import type { PictureArchive } from '../domain/ports.js';
import type { ProductPicture } from '../domain/product.js';
import { aProduct, shopOn } from '../spec-shop.js';
import { toQuoteReply } from './replies.js';
import { SetPictures } from './set-pictures.js';

const picture = (mediaId: string): ProductPicture => ({
  mediaId,
  width: 800,
  height: 600,
  blurHash: 'L2Eo',
  color: '#c04020',
  widths: [320, 640, 800],
  recipe: 1,
});

describe('the pictures of a product', () => {
  let db: SpecDatabase;
  /** What media keeps, by claim. */
  const claims = new Map<string, readonly string[]>();
  let isDeaf = false;
  const archive: PictureArchive = {
    claim: async ({ claim }, mediaIds) => {
      if (mediaIds.includes('gone')) return { kind: 'missing', mediaId: 'gone', because: 'there is no picture gone' };
      claims.set(claim, mediaIds);
      return { kind: 'claimed', pictures: mediaIds.map(picture) };
    },
    release: async (claim) => {
      if (isDeaf) throw new Error('media is away');
      claims.delete(claim);
    },
  };

  beforeAll(async () => {
    db = await createSpecDatabase('catalog');
  });
  beforeEach(async () => {
    claims.clear();
    isDeaf = false;
    await db.pool.query('DELETE FROM loose_claim');
  });
  afterAll(() => db.drop());

  const offer = async (): Promise<string> => {
    const product = aProduct(`Kettle ${newUuid()}`);
    await shopOn(db).shelf.addAll([product]);
    return product.id;
  };
  const setting = (shelves = pgShelves(), database = db.database) =>
    new SetPictures({
      database,
      shelves,
      archive,
      looseClaims: pgLooseClaims(db.database),
      outbox: db.outbox,
      now: () => new Date('2026-01-02T03:04:05Z'),
    });
  const anHourLater = () => db.pool.query("UPDATE loose_claim SET due_at = due_at - interval '62 minutes'");
  const shown = async (id: string) => (await shopOn(db).products.byId(id))?.pictures.map(({ mediaId }) => mediaId);

  it('are shown in the order given, and its change is told', async () => {
    const id = await offer();
    expect((await shopOn(db).products.byId(id))?.pictures).toEqual([]);
    const outcome = await setting().run(id, ['b', 'a']);
    expect(outcome).toMatchObject({ kind: 'set', product: { id, version: 2, pictures: [picture('b'), picture('a')] } });
    expect(await db.events(toPublicId('product', id))).toMatchObject([{ type: 'product.changed.v1', data: { version: 2 } }]);
    expect([await shown(id), [...claims.values()]]).toEqual([['b', 'a'], [['b', 'a']]]);
  });

  it('show a line of an order by the first of them, small and as JPEG, under an address that a later change leaves as it is', async () => {
    const id = await offer();
    const shop = shopOn(db);
    const variantId = (await shop.products.byId(id))?.variants[0]?.id ?? '';
    const lineOf = async () => (await shop.quotes.run([variantId], 'EUR')).map((quote) => toQuoteReply(quote).picture);
    const drawing = { url: '/images/1f4e6.webp', width: 256, height: 256 };
    expect(await lineOf()).toEqual([drawing]);
    await setting().run(id, ['b', 'a']);
    expect(await lineOf()).toEqual([{ url: '/v1/media/b/1-320.jpeg', width: 320, height: 240 }]);
    const narrow = { ...picture('b'), widths: [90], width: 90, height: 120, recipe: undefined };
    await db.pool.query('UPDATE product SET pictures = $2 WHERE id = $1', [id, JSON.stringify([narrow])]);
    expect(await lineOf()).toEqual([{ url: '/v1/media/b/1-90.jpeg', width: 90, height: 120 }]); // small, and set before recipes had numbers
    await setting().run(id, []);
    expect(await lineOf()).toEqual([drawing]);
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
    expect([await setting().run(newUuid(), ['a']), await setting().run(id, ['gone'])]).toEqual([
      { kind: 'unknown-product' },
      { kind: 'missing', mediaId: 'gone', because: 'there is no picture gone' },
    ]);
    expect([await shown(id), claims.size, await setting().sweep()]).toEqual([[], 1, 0]); // what broke may have been written for all we know, or may be under way
    await anHourLater();
    expect([await setting().sweep(), claims.size, await setting().sweep()]).toEqual([2, 0, 0]);
  });

  it('stay claimed when they were written and the answer to that was lost', async () => {
    const id = await offer();
    const database = {
      ...db.database,
      transaction: <T>(work: Parameters<typeof db.database.transaction<T>>[0]) =>
        db.database.transaction(work).then((): T => {
          throw new Error('the connection is gone');
        }),
    };
    await expect(setting(pgShelves(), database).run(id, ['a'])).rejects.toThrow('the connection is gone');
    await anHourLater();
    await setting().sweep();
    expect([await shown(id), [...claims.values()]]).toEqual([['a'], [['a']]]);
  });

  it('are let go of later when media is away just then', async () => {
    const id = await offer();
    await setting().run(id, ['a']);
    isDeaf = true;
    expect((await setting().run(id, ['b'])).kind).toBe('set');
    await expect(setting().sweep()).rejects.toThrow('media is away');
    isDeaf = false;
    expect([claims.size, await setting().sweep(), [...claims.values()]]).toEqual([2, 1, [['b']]]);
  });

  it('are not shown under a claim that took an hour', async () => {
    const id = await offer();
    const late = {
      ...pgShelves(),
      setPictures: async (...given: Parameters<ReturnType<typeof pgShelves>['setPictures']>) => (
        await anHourLater(),
        pgShelves().setPictures(...given)
      ),
    };
    await expect(setting(late).run(id, ['a'])).rejects.toThrow('came to nothing');
    expect([await setting().sweep(), await shown(id), claims.size]).toEqual([1, [], 0]);
  });
});
