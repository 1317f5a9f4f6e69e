import { parentPort } from 'node:worker_threads';
import type { DocumentFacts } from '../../domain/facts.js';
import { layoutOf } from '../../domain/layout.js';
import { draw } from './draw.js';

export type ThreadRequest = { readonly id: number; readonly number: string; readonly facts: DocumentFacts };
export type ThreadReply = { readonly id: number; readonly pdf: Uint8Array } | { readonly id: number; readonly fault: string };

async function answer({ id, number, facts }: ThreadRequest): Promise<ThreadReply> {
  try {
    return { id, pdf: await draw(layoutOf(number, facts)) };
  } catch (error) {
    return { id, fault: String(error) };
  }
}

/** The other end of `threadRenderer`: draws what it is told to, one at a time, and says what went wrong. */
parentPort?.on('message', (request: ThreadRequest) => void answer(request).then((reply) => parentPort?.postMessage(reply)));
