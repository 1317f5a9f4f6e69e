import { Client, type ClientReadableStream, credentials, Metadata } from '@grpc/grpc-js';
import { orderV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import type { Logger } from 'pino';
import type { StreamedEvent } from '../domain/event-stream.js';
import type { Growth, OrderFeed } from '../domain/order-feed.js';

/** Order sends a sign of life every 5 s; who hears none for this long connects anew, milliseconds. */
const silenceMs = 15_000;
const againAfterMs = 250;

export type OrderFeedParts = {
  /** The order service for reads, and its address for the stream. */
  readonly order: Pick<Peer<typeof orderV1.OrderServiceService>, 'readHistories'>;
  readonly url: string;
  readonly serviceToken: () => Promise<string>;
  readonly logger: Logger;
};

/** One gRPC stream per process that says whose histories have grown; a lost one is made anew, and then anything may have grown. */
export function grpcOrderFeed({ order, url, serviceToken, logger }: OrderFeedParts): OrderFeed {
  const client = new Client(url, credentials.createInsecure(), { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 });
  const state: { isStopped: boolean; stream?: ClientReadableStream<orderV1.Growth>; timer?: NodeJS.Timeout } = { isStopped: false };

  const connect = async (onGrowth: (growth: Growth) => void): Promise<void> => {
    if (state.isStopped) return;
    const again = (error: Error): void => {
      clearTimeout(state.timer);
      if (state.isStopped) return;
      logger.debug({ err: error }, 'the growth of histories is not heard; connecting anew');
      state.timer = setTimeout(() => void connect(onGrowth), againAfterMs);
      state.timer.unref();
    };
    try {
      state.stream = open(client, await serviceToken());
    } catch (error) {
      return again(error as Error);
    }
    listen(state.stream, { onGrowth, onOver: again });
  };

  return {
    follow: (onGrowth) => void connect(onGrowth),
    read: async (positions) => {
      const { histories } = await order.readHistories({ positions: positions.map((position) => ({ ...position })) }, { isRepeatable: true });
      return new Map(histories.map(({ orderId, events }) => [orderId, events.map(eventFrom)]));
    },
    stop: () => {
      state.isStopped = true;
      clearTimeout(state.timer);
      state.stream?.cancel();
      client.close();
    },
  };
}

function open(client: Client, token: string): ClientReadableStream<orderV1.Growth> {
  const { path, requestSerialize, responseDeserialize } = orderV1.OrderServiceService.followHistories;
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {}, metadata);
}

type Listening = { readonly onGrowth: (growth: Growth) => void; readonly onOver: (error: Error) => void };

/** The first message opens the stream: what grew before it was not heard. `onOver` is called once. */
function listen(stream: ClientReadableStream<orderV1.Growth>, { onGrowth, onOver }: Listening): void {
  let isOpen = false;
  let isOver = false;
  const silence = setTimeout(() => stream.cancel(), silenceMs).unref();
  const over = (error: Error): void => {
    clearTimeout(silence);
    if (isOver) return;
    isOver = true;
    onOver(error);
  };
  stream.on('data', ({ orderIds, any }: orderV1.Growth) => {
    silence.refresh();
    onGrowth({ orderIds, isAny: any || !isOpen });
    isOpen = true;
  });
  stream.on('error', over);
  stream.on('end', () => over(new Error('order has ended the stream')));
}

function eventFrom({ sequence, type, at, dataJson }: orderV1.OrderEvent): StreamedEvent {
  return { sequence: Number(sequence), type, at, data: JSON.parse(dataJson) as unknown };
}
