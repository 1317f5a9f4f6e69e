import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { fileStorage } from './file-storage.js';
import type { Storage } from './storage.js';

/** `file:///folder`. */
export const storageUrl = z.url({ protocol: /^file$/, error: 'where objects are stored, file:///folder' });

/** The storage behind an address that `storageUrl` has let through. */
export function openStorage(url: string): Storage {
  return fileStorage(fileURLToPath(url));
}
