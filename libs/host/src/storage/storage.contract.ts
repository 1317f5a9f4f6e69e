import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { bytesOf, type Storage, storageKey } from './storage.js';

export type StorageUnderTest = { readonly storage: Storage; readonly close: () => Promise<void> };

/** As they come from a client: a little at a time. */
const inBlocks = (bytes: Buffer): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) => bytes.subarray(index * 65_536, (index + 1) * 65_536)),
  );

/** What every storage keeps. `open` gives one that nothing else writes to, empty or not. */
export function storageContract(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(`${name} as a storage`, () => {
    let under: StorageUnderTest;
    beforeAll(async () => void (under = await open()), 30_000);
    afterAll(async () => {
      await under.storage.close();
      await under.close();
    });

    const newKey = () => storageKey('spec', randomBytes(8).toString('hex'), 'object.bin');
    const read = async (key: ReturnType<typeof newKey>) => {
      const found = await under.storage.get(key);
      return found && { sizeBytes: found.sizeBytes, bytes: await bytesOf(found.content) };
    };

    it('gives back what was stored, byte for byte', async () => {
      const key = newKey();
      const bytes = randomBytes(300_000);
      expect(await under.storage.put(key, bytes)).toEqual({ sizeBytes: 300_000 });
      expect(await read(key)).toEqual({ sizeBytes: 300_000, bytes });
    });

    it('takes a stream of unknown length, larger than any buffer, and gives it back byte for byte', async () => {
      const key = newKey();
      const bytes = randomBytes(11 * 1024 * 1024);
      expect(await under.storage.put(key, inBlocks(bytes))).toEqual({ sizeBytes: bytes.length });
      const found = await read(key);
      expect([found?.sizeBytes, found?.bytes.equals(bytes)]).toEqual([bytes.length, true]);
    });

    it('stores nothing as well', async () => {
      const key = newKey();
      await under.storage.put(key, new Uint8Array());
      expect(await read(key)).toEqual({ sizeBytes: 0, bytes: Buffer.alloc(0) });
    });

    it('has nothing where nothing was stored, and removing it does no harm', async () => {
      const key = newKey();
      await under.storage.remove(key);
      expect([await under.storage.has(key), await under.storage.get(key)]).toEqual([false, undefined]);
    });

    it('replaces what was there, and forgets what is removed', async () => {
      const key = newKey();
      await under.storage.put(key, Buffer.from('first'));
      await under.storage.put(key, Buffer.from('second'));
      expect([await under.storage.has(key), (await read(key))?.bytes.toString()]).toEqual([true, 'second']);
      await under.storage.remove(key);
      expect([await under.storage.has(key), await read(key)]).toEqual([false, undefined]);
    });

    it.each([
      ['at once', 64 * 1024],
      ['late', 11 * 1024 * 1024],
    ])('shows no part of an upload that broke off %s, and keeps what was there', async (_when, sizeBytes) => {
      const [fresh, kept] = [newKey(), newKey()];
      await under.storage.put(kept, Buffer.from('whole'));
      const broken = () =>
        Readable.from(
          (async function* () {
            yield* inBlocks(randomBytes(sizeBytes));
            throw new Error('the client has gone');
          })(),
        );
      await expect(under.storage.put(fresh, broken())).rejects.toThrow('the client has gone');
      await expect(under.storage.put(kept, broken())).rejects.toThrow('the client has gone');
      expect([await under.storage.get(fresh), (await read(kept))?.bytes.toString()]).toEqual([undefined, 'whole']);
    });

    it('ends whole when several write one key at once', async () => {
      const key = newKey();
      const written = Array.from({ length: 8 }, (_, index) => Buffer.alloc(50_000, index));
      await Promise.all(written.map((bytes) => under.storage.put(key, bytes)));
      const found = await read(key);
      expect(written.some((bytes) => found?.bytes.equals(bytes))).toBe(true);
    });

    it('lets a reader go that does not read to the end', async () => {
      const key = newKey();
      await under.storage.put(key, randomBytes(1_000_000));
      const found = await under.storage.get(key);
      found?.content.destroy();
      expect((await read(key))?.sizeBytes).toBe(1_000_000);
    });
  });
}
