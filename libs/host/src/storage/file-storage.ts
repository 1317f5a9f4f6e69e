import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Unavailable } from '@tandem/messaging';
import type { Storage, StorageKey, StoredObject } from './storage.js';

/** What a disk says when it is full, gone or broken. Source: errno(3). */
const away: ReadonlySet<unknown> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
  'EMFILE',
  'ENFILE',
  'EACCES',
  'EPERM',
  'ESTALE',
  'ETIMEDOUT',
  'ENOTDIR',
]);

/** No upload takes this long: whoever wrote it was killed. Milliseconds. */
const abandonedMs = 86_400_000;

/**
 * Objects as files under `root`, which several processes may share. Written beside their place and renamed, after the bytes are on the disk; the
 * name is on the disk too before `put` answers. What a killed process left half written is removed a day later, at the first `put` of another.
 */
export function fileStorage(root: string): Storage {
  const halves = join(root, 'half');
  const placeOf = (key: StorageKey): string => join(root, 'objects', key);
  const state = { isTidy: false };
  const prepare = async (): Promise<void> => {
    await mkdir(halves, { recursive: true });
    if (state.isTidy) return;
    state.isTidy = true;
    await removeAbandoned(halves);
  };
  return {
    put: (key, content) =>
      reached(async () => {
        const [half, place] = [join(halves, randomUUID()), placeOf(key)];
        await prepare();
        try {
          const sizeBytes = await writeWhole(half, content);
          await syncFolders(dirname(place), await moved(half, place));
          return { sizeBytes };
        } catch (error) {
          await rm(half, { force: true });
          throw error;
        }
      }),
    get: (key) => reached(() => unlessMissing(() => openObject(placeOf(key)))),
    has: (key) => reached(async () => (await unlessMissing(() => stat(placeOf(key)))) !== undefined),
    remove: (key) => reached(() => rm(placeOf(key), { force: true })),
    close: () => Promise.resolve(),
  };
}

async function removeAbandoned(halves: string): Promise<void> {
  for (const name of await readdir(halves)) {
    const half = join(halves, name);
    const found = await unlessMissing(() => stat(half)); // another process tidies as well
    if (found && Date.now() - found.mtimeMs > abandonedMs) await rm(half, { force: true });
  }
}

/** Gives a file its name, and makes its folder when there is none, which is rare; answers the first folder made. */
async function moved(half: string, place: string): Promise<string | undefined> {
  if ((await unlessMissing(() => rename(half, place).then(() => true))) === true) return undefined;
  const firstMade = await mkdir(dirname(place), { recursive: true });
  await rename(half, place);
  return firstMade;
}

/** A new name outlives a power cut once its folder is on the disk; so does a new folder once the one above it is. Source: fsync(2). */
async function syncFolders(folder: string, firstMade: string | undefined): Promise<void> {
  const file = await open(folder, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  if (firstMade !== undefined && folder.length >= firstMade.length) await syncFolders(dirname(folder), firstMade);
}

async function writeWhole(path: string, content: Uint8Array | Readable): Promise<number> {
  if (!(content instanceof Readable)) {
    await writeFile(path, content, { flush: true });
    return content.byteLength;
  }
  const file = createWriteStream(path, { flush: true });
  await pipeline(content, file);
  return file.bytesWritten;
}

async function openObject(path: string): Promise<StoredObject> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return { sizeBytes: size, content: file.createReadStream() };
}

async function unlessMissing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (away.has(codeOf(error))) throw new Unavailable('storage', { cause: error });
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}
