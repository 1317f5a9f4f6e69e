import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';
import { newId } from '@tandem/host';
import { type OrderFacts } from './domain/facts.js';
import { anOrder } from './domain/testing/orders.js';

/** The thread's program as it is built: a thread does not run TypeScript. */
export const builtThread = new URL('../dist/adapters/pdf/render-thread.js', import.meta.url);

/** A folder for objects, gone afterwards. */
export async function aStorageFolder(): Promise<{ readonly url: string; readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'documents-'));
  return { path, url: pathToFileURL(path).href, remove: () => rm(path, { recursive: true, force: true }) };
}

/** An order of its own. */
export function aFreshOrder(change: Partial<OrderFacts> = {}): OrderFacts {
  return anOrder({ orderId: newId('order'), number: randomUUID().slice(0, 8).toUpperCase(), ...change });
}

/** All words of a PDF, in the order they were drawn: the standard fonts write WinAnsi codes in hex, in pieces between kernings. */
export function textOf(pdf: Uint8Array): string {
  const streams = [
    ...Buffer.from(pdf)
      .toString('latin1')
      .matchAll(/stream\n([\s\S]*?)\nendstream/g),
  ].map(([, bytes = '']) => {
    try {
      return inflateSync(Buffer.from(bytes, 'latin1')).toString('latin1');
    } catch {
      return ''; // not a page
    }
  });
  const shows = streams.flatMap((content) => [...content.matchAll(/\[([^\]]*)\] TJ/g)].map(([, parts = '']) => parts));
  return shows
    .map((parts) =>
      [...parts.matchAll(/<([0-9a-f]*)>/g)]
        .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1').replaceAll('\x80', '€').replaceAll('\x92', '’'))
        .join(''),
    )
    .join('\n');
}
