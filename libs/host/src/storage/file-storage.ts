import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Unavailable } from '@tandem/messaging';
import type { Storage, StorageKey, StoredObject } from './storage.js';

/** What a disk says when it is full, gone or broken. Source: errno(3). */
const away: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM', 'ESTALE', 'ETIMEDOUT', 'ENOTDIR']);

/** Objects as files under `root`, which several processes may share. Written beside their place and renamed, after the bytes are on the disk. */
export function fileStorage(root: string): Storage {
  const placeOf = (key: StorageKey): string => join(root, 'objects', key);
  return {
    put: (key, content) => reached(async () => {
      const half = join(root, 'half', randomUUID());
      await mkdir(dirname(half), { recursive: true });
      try {
        const sizeBytes = await writeWhole(half, content);
        await mkdir(dirname(placeOf(key)), { recursive: true });
        await rename(half, placeOf(key));
        return { sizeBytes };
      } finally {
        await rm(half, { force: true });
      }
    }),
    get: (key) => reached(() => unlessMissing(() => openObject(placeOf(key)))),
    has: (key) => reached(async () => (await unlessMissing(() => stat(placeOf(key)))) !== undefined),
    remove: (key) => reached(() => rm(placeOf(key), { force: true })),
    close: () => Promise.resolve(),
  };
}

async function writeWhole(path: string, content: Uint8Array | Readable): Promise<number> {
  const file = createWriteStream(path, { flush: true });
  await pipeline(content instanceof Readable ? content : Readable.from([content]), file);
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
