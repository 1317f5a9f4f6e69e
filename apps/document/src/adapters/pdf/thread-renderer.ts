import { Worker } from 'node:worker_threads';
import { Unavailable } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { NotRendered, Renderer } from '../../domain/ports.js';
import type { ThreadReply, ThreadRequest } from './render-thread.js';

export type ThreadOptions = {
  readonly logger: Logger;
  /** How long one document may take, milliseconds. A drawing of 60 lines takes about 30. */
  readonly deadlineMs: number;
  /** Without work the thread is given up after this, and its memory with it, milliseconds. */
  readonly idleMs?: number;
  /** The thread's program. */
  readonly entry?: URL;
};

type Asked = Parameters<Renderer['render']>[0];
type Rendering = Awaited<ReturnType<Renderer['render']>>;

/** Memory of the thread; more ends the thread and fails the document it draws. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

/**
 * Draws in one thread beside the service, one document at a time, so that a hang or a crash costs the document that caused it and nothing else:
 * the thread is ended and the document tried once more in a new one.
 */
export function threadRenderer({
  logger,
  deadlineMs,
  idleMs = 20_000,
  entry = new URL('./render-thread.js', import.meta.url),
}: ThreadOptions): Renderer {
  const state: { thread: Worker | undefined; last: Promise<unknown>; idle: NodeJS.Timeout | undefined; count: number; isClosed: boolean } =
    { thread: undefined, last: Promise.resolve(), idle: undefined, count: 0, isClosed: false };

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
  const turn = async ({ number, facts }: Asked): Promise<Rendering> => {
    if (state.isClosed) throw new Unavailable('renderer');
    clearTimeout(state.idle);
    const thread = (state.thread ??= started(entry, () => void (state.thread = state.thread === thread ? undefined : state.thread)));
    const rendering = await drawnBy(thread, { request: { id: (state.count += 1), number, facts }, deadlineMs });
    if (state.isClosed && rendering.kind === 'not-rendered') throw new Unavailable('renderer'); // ended by `close`: the document will be drawn elsewhere
    if (isOfTheThread(rendering)) {
      logger.warn(
        { because: rendering.because, detail: rendering.detail },
        'the thread that draws documents is ended; the next one gets a new one',
      );
      await end();
    } else rest();
    return rendering;
  };
  const twice = async (document: Asked): Promise<Rendering> => {
    const rendering = await turn(document);
    return isOfTheThread(rendering) ? turn(document) : rendering;
  };
  return {
    render: (document) => {
      const mine = state.last.then(() => twice(document));
      state.last = mine.catch(() => undefined); // whoever asked is told
      return mine;
    },
    close: async () => {
      state.isClosed = true;
      await end();
    },
  };
}

/** Whether the thread did not live to say no: that may be the machine's fault, so a second one is asked. */
function isOfTheThread(rendering: Rendering): rendering is NotRendered {
  return rendering.kind === 'not-rendered' && rendering.because !== 'rendering-failed';
}

function started(entry: URL, onExit: () => void): Worker {
  const thread = new Worker(entry, { resourceLimits });
  thread
    .on('error', () => undefined)
    .on('exit', onExit)
    .unref(); // an error is told to whoever waits for a drawing; the exit follows
  return thread;
}

type Drawing = { readonly request: ThreadRequest; readonly deadlineMs: number };

/** Settles once: by the thread's answer, its end, or the deadline. */
function drawnBy(thread: Worker, { request, deadlineMs }: Drawing): Promise<Rendering> {
  return new Promise((resolve) => {
    const failed = (because: NotRendered['because'], detail: string): void => settle({ kind: 'not-rendered', because, detail });
    const onMessage = (reply: ThreadReply): void => {
      if (reply.id !== request.id) return;
      if ('pdf' in reply) settle({ kind: 'rendered', pdf: reply.pdf });
      else failed('rendering-failed', reply.fault);
    };
    const onError = (error: Error): void => failed('rendering-crashed', String(error));
    const onExit = (code: number): void => failed('rendering-crashed', `the thread ended with ${code}`);
    const deadline = setTimeout(() => failed('rendering-timed-out', `no answer within ${deadlineMs} ms`), deadlineMs);
    const settle = (rendering: Rendering): void => {
      clearTimeout(deadline);
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(rendering);
    };
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    thread.postMessage(request);
  });
}
