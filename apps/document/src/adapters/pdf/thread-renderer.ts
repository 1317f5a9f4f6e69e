import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Layout } from '../../domain/layout.js';
import type { NotRendered, Renderer } from '../../domain/ports.js';
import type { ThreadReply } from './render-thread.js';

export type ThreadOptions = {
  readonly logger: Logger;
  /** How long one document may take, milliseconds. A drawing of 60 lines takes about 30. */
  readonly deadlineMs: number;
  /** Without work the thread is given up after this, and its memory with it, milliseconds. */
  readonly idleMs?: number;
  /** The thread's program. */
  readonly entry?: URL;
};

type Rendering = Awaited<ReturnType<Renderer['render']>>;

/** Memory of the thread; more ends the thread and fails the document it draws. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

/**
 * Draws in one thread beside the service, one document at a time, so that a hang or a crash costs the document that caused it and nothing else:
 * the thread is ended and the next document gets a new one.
 */
export function threadRenderer({ logger, deadlineMs, idleMs = 20_000, entry = new URL('./render-thread.js', import.meta.url) }: ThreadOptions): Renderer {
  const state: { thread: Worker | undefined; last: Promise<unknown>; idle: NodeJS.Timeout | undefined; count: number; isClosed: boolean } = { thread: undefined, last: Promise.resolve(), idle: undefined, count: 0, isClosed: false };

  const end = async (): Promise<void> => {
    clearTimeout(state.idle);
    const { thread } = state;
    state.thread = undefined;
    await thread?.terminate();
  };
  const rest = (): void => {
    state.idle = setTimeout(() => void end(), idleMs);
    state.idle.unref();
  };
  const turn = async (layout: Layout): Promise<Rendering> => {
    if (state.isClosed) throw new Error('the renderer is closed');
    clearTimeout(state.idle);
    state.thread ??= started(entry);
    const rendering = await drawnBy(state.thread, { id: (state.count += 1), layout, deadlineMs });
    if (rendering.kind === 'not-rendered' && rendering.because !== 'rendering-failed') {
      logger.warn({ because: rendering.because, detail: rendering.detail }, 'the thread that draws documents is ended; the next one gets a new one');
      await end();
    } else rest();
    return rendering;
  };
  return {
    render: (layout) => {
      const mine = state.last.then(() => turn(layout));
      state.last = mine.catch(() => undefined); // whoever asked is told
      return mine;
    },
    close: async () => {
      state.isClosed = true;
      await end();
    },
  };
}

function started(entry: URL): Worker {
  const thread = new Worker(entry, { resourceLimits });
  thread.unref();
  return thread;
}

type Drawing = { readonly id: number; readonly layout: Layout; readonly deadlineMs: number };

/** Settles once: by the thread's answer, its end, or the deadline. */
function drawnBy(thread: Worker, { id, layout, deadlineMs }: Drawing): Promise<Rendering> {
  return new Promise((resolve) => {
    const failed = (because: NotRendered['because'], detail: string): void => settle({ kind: 'not-rendered', because, detail });
    const onMessage = (reply: ThreadReply): void => {
      if (reply.id !== id) return;
      if ('pdf' in reply) settle({ kind: 'rendered', pdf: reply.pdf });
      else failed('rendering-failed', reply.fault);
    };
    const onError = (error: Error): void => failed('rendering-crashed', String(error));
    const onExit = (code: number): void => failed('rendering-crashed', `the thread ended with ${code}`);
    const deadline = setTimeout(() => failed('rendering-timed-out', `no answer within ${deadlineMs} ms`), deadlineMs);
    const settle = (rendering: Rendering): void => {
      clearTimeout(deadline);
      thread.off('message', onMessage).off('exit', onExit);
      thread.off('error', onError).on('error', () => undefined); // one that comes later has nobody to be told to
      resolve(rendering);
    };
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    thread.postMessage({ id, layout });
  });
}
