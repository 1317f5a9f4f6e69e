import type { Readable } from 'node:stream';
import { createHash } from 'node:crypto';

declare const key: unique symbol;

/** The name of an object: made by us, never by a request. Segments of `a–z`, `0–9`, `-` and `.`, parted by `/`. */
export type StorageKey = string & { readonly [key]: true };

/**
 * Large bytes that no database should hold. What is stored stays as it is until it is stored again or removed; a reader sees a whole object or
 * none, never a part. Throws `Unavailable('storage')` when it cannot be reached or is full, so that a consumer waits instead of giving up.
 */
export type Storage = {
  /** Stores the bytes, replacing what was there. A source that fails leaves what was there; asking again changes nothing. */
  put(key: StorageKey, content: Uint8Array | Readable): Promise<{ readonly sizeBytes: number }>;
  /** The bytes as a stream, to be read or destroyed; `undefined` when there are none. */
  get(key: StorageKey): Promise<StoredObject | undefined>;
  has(key: StorageKey): Promise<boolean>;
  /** Nothing happens when it is not there. */
  remove(key: StorageKey): Promise<void>;
  close(): Promise<void>;
};

export type StoredObject = { readonly sizeBytes: number; readonly content: Readable };

const segment = /^[a-z0-9](?:[a-z0-9-]|\.(?!\.))*$/;

/** A key of these segments; throws a `TypeError` for one that could leave its folder or differ between adapters. */
export function storageKey(...segments: readonly string[]): StorageKey {
  const whole = segments.join('/');
  if (segments.length === 0 || whole.length > 200 || !segments.every((part) => segment.test(part) && !part.endsWith('.')))
    throw new TypeError(`${JSON.stringify(whole)} is not a key of the storage`);
  return whole as StorageKey;
}

/** SHA-256 of the bytes, in hex: the name under which they are archived, and their entity tag. */
export function contentHash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** All bytes of a stream. Only for what is known to be small. */
export async function bytesOf(content: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
