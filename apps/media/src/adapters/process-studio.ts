import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { OpenedPicture, Studio, Unreadable } from '../domain/studio.js';
import type { StudioReply, StudioRequest } from './studio-messages.js';

/** The work on a whole picture may take so long, and no time of the storage counts; whoever has not answered by then is killed. */
const pictureMs = 40_000;
/** Without work for this long, the process ends and its memory is free. */
const idleMs = 20_000;

export type StudioParts = {
  readonly logger: Pick<Logger, 'warn'>;
  /** The compiled script of the process. Default: the one beside this file. */
  readonly script?: string;
  readonly times?: { readonly pictureMs: number; readonly idleMs: number };
};

/** The decoder could not go on with this file: thrown within `with`, which answers it. */
class Spoilt extends Error {
  override readonly name = 'Spoilt';
  constructor(
    readonly because: Unreadable,
    detail: string,
  ) {
    super(`${because}: ${detail}`);
  }
}

type State = { child?: ChildProcess | undefined; idle?: NodeJS.Timeout | undefined; turn: Promise<unknown>; isClosed: boolean };

/** Pictures are decoded in a process of their own, begun with the first one, so that neither a crash nor an endless loop of a decoder is ours. */
export function processStudio({
  logger,
  script = fileURLToPath(new URL('./studio-process.js', import.meta.url)),
  times = { pictureMs, idleMs },
}: StudioParts): Studio {
  const state: State = { turn: Promise.resolve(), isClosed: false };
  const end = async (): Promise<void> => {
    const { child } = state;
    state.child = undefined;
    if (child) await killed(child);
  };
  const ask = async (request: StudioRequest, left: { ms: number }): Promise<Exclude<StudioReply, { kind: 'unreadable' }>> => {
    const child = (state.child ??= begin(script));
    const begun = performance.now();
    const reply = await replyOf(child, request, left.ms).catch(async (error: Spoilt) => {
      await end();
      throw state.isClosed ? new Error('the studio was closed', { cause: error }) : error;
    });
    left.ms -= performance.now() - begun;
    if (reply.kind === 'unreadable') throw new Spoilt(reply.because, reply.detail);
    return reply;
  };
  const alone = async <T>(
    load: () => Promise<Uint8Array | undefined>,
    work: (opened: OpenedPicture) => Promise<T>,
  ): Promise<T | undefined> => {
    if (state.isClosed) throw new Error('the studio is closed');
    clearTimeout(state.idle);
    try {
      const file = await load();
      if (!file) return undefined;
      const left = { ms: times.pictureMs };
      const opened = await ask({ do: 'open', file }, left);
      if (opened.kind !== 'opened') throw new TypeError(`the studio answered ${opened.kind}`);
      return await work({ looks: opened.looks, render: async (rendition) => bytesOf(await ask({ do: 'render', rendition }, left)) });
    } finally {
      state.idle = setTimeout(() => void end(), times.idleMs).unref();
    }
  };
  return {
    with: (load, work) => {
      const turn = state.turn
        .then(() => alone(load, work))
        .catch((error: unknown) => {
          if (!(error instanceof Spoilt)) throw error;
          logger.warn({ err: error }, 'nothing can be made of a picture');
          return { kind: 'unreadable', because: error.because } as const;
        });
      state.turn = turn.catch(() => undefined); // whoever asked sees the failure itself
      return turn;
    },
    close: async () => {
      state.isClosed = true;
      clearTimeout(state.idle);
      await end();
    },
  };
}

/** No variable of ours goes along, so that a decoder's own memory holds no secret. That is no sandbox: the process runs as our user and may read what that user may. What is large stays in memory: the disk may be read-only. */
function begin(script: string): ChildProcess {
  const child = fork(script, [], {
    serialization: 'advanced',
    env: { VIPS_DISC_THRESHOLD: '1g' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.unref();
  child.channel?.unref();
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function replyOf(child: ChildProcess, request: StudioRequest, leftMs: number): Promise<StudioReply> {
  return new Promise((resolve, reject) => {
    const over = (settle: () => void): void => {
      clearTimeout(late);
      child.off('message', heard).off('exit', gone).off('error', gone);
      settle();
    };
    const heard = (reply: StudioReply): void => over(() => resolve(reply));
    const gone = (why: unknown): void => over(() => reject(new Spoilt('rendering-crashed', String(why))));
    const late = setTimeout(() => over(() => reject(new Spoilt('took-too-long', request.do))), Math.max(0, leftMs));
    child.on('message', heard).on('exit', gone).on('error', gone);
    child.send(request, (error) => error && gone(error));
  });
}

function bytesOf(reply: Exclude<StudioReply, { kind: 'unreadable' }>): Uint8Array {
  if (reply.kind !== 'rendered') throw new TypeError(`the studio answered ${reply.kind}`);
  return reply.bytes;
}
