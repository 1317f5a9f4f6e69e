import { Client, type ClientReadableStream, credentials, Metadata, type MethodDefinition } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { Growth, LiveFeed } from '../domain/live-feed.js';

/** The owner sends a sign of life every 5 s; who hears none for this long connects anew, milliseconds. */
const silenceMs = 15_000;
const againAfterMs = 250;

export type LiveFeedParts<Request, Told> = {
  /** Where the owner answers, for the stream. */
  readonly url: string;
  /** The RPC that tells of growth, what it is asked with, and what its messages mean. */
  readonly tells: MethodDefinition<Request, Told>;
  readonly asked: Request;
  readonly growthOf: (told: Told) => Growth;
  readonly read: LiveFeed['read'];
  readonly serviceToken: () => Promise<string>;
  readonly logger: Logger;
};

/** One gRPC stream per process and owner that says what has grown; a lost one is made anew, and then anything may have grown. */
export function grpcLiveFeed<Request, Told>({
  url,
  tells,
  asked,
  growthOf,
  read,
  serviceToken,
  logger,
}: LiveFeedParts<Request, Told>): LiveFeed {
  const client = new Client(url, credentials.createInsecure(), {
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
  });
  const state: { isStopped: boolean; stream?: ClientReadableStream<Told>; timer?: NodeJS.Timeout } = { isStopped: false };

  const connect = async (onGrowth: (growth: Growth) => void): Promise<void> => {
    if (state.isStopped) return;
    const again = (error: Error): void => {
      clearTimeout(state.timer);
      if (state.isStopped) return;
      logger.debug({ err: error }, 'growth is not heard; connecting anew');
      state.timer = setTimeout(() => void connect(onGrowth), againAfterMs);
      state.timer.unref();
    };
    try {
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${await serviceToken()}`);
      state.stream = client.makeServerStreamRequest(tells.path, tells.requestSerialize, tells.responseDeserialize, asked, metadata);
    } catch (error) {
      return again(error as Error);
    }
    listen(state.stream, { onTold: (told, isFirst) => onGrowth(isFirst ? { ids: [], isAny: true } : growthOf(told)), onOver: again });
  };

  return {
    follow: (onGrowth) => void connect(onGrowth),
    read,
    stop: () => {
      state.isStopped = true;
      clearTimeout(state.timer);
      state.stream?.cancel();
      client.close();
    },
  };
}

type Listening<Told> = { readonly onTold: (told: Told, isFirst: boolean) => void; readonly onOver: (error: Error) => void };

/** The first message opens the stream: what grew before it was not heard. `onOver` is called once. */
function listen<Told>(stream: ClientReadableStream<Told>, { onTold, onOver }: Listening<Told>): void {
  let isOpen = false;
  let isOver = false;
  const silence = setTimeout(() => stream.cancel(), silenceMs).unref();
  const over = (error: Error): void => {
    clearTimeout(silence);
    if (isOver) return;
    isOver = true;
    onOver(error);
  };
  stream.on('data', (told: Told) => {
    silence.refresh();
    onTold(told, !isOpen);
    isOpen = true;
  });
  stream.on('error', over);
  stream.on('end', () => over(new Error('the owner has ended the stream')));
}
