import { parentPort } from 'node:worker_threads';
import type { Layout } from '../../domain/layout.js';
import { draw } from './draw.js';

export type ThreadRequest = { readonly id: number; readonly layout: Layout };
export type ThreadReply = { readonly id: number; readonly pdf: Uint8Array } | { readonly id: number; readonly fault: string };

/** The other end of `threadRenderer`: draws what it is told to, one at a time, and says what went wrong. */
parentPort?.on('message', ({ id, layout }: ThreadRequest) => {
  draw(layout).then(
    (pdf) => parentPort?.postMessage({ id, pdf } satisfies ThreadReply),
    (error: unknown) => parentPort?.postMessage({ id, fault: String(error) } satisfies ThreadReply),
  );
});
