import { orderV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import type { StreamedEvent } from '../domain/event-stream.js';
import type { LiveFeed } from '../domain/live-feed.js';
import { grpcLiveFeed, type LiveFeedParts } from './grpc-live-feed.js';

export type OrderFeedParts = Pick<LiveFeedParts<never, never>, 'url' | 'serviceToken' | 'logger'> & {
  readonly order: Pick<Peer<typeof orderV1.OrderServiceService>, 'readHistories'>;
};

/** The histories of orders. */
export function grpcOrderFeed({ order, ...parts }: OrderFeedParts): LiveFeed {
  return grpcLiveFeed({
    ...parts,
    tells: orderV1.OrderServiceService.followHistories,
    asked: {},
    growthOf: ({ orderIds, any }) => ({ ids: orderIds, isAny: any }),
    read: async (positions) => {
      const { histories } = await order.readHistories(
        { positions: positions.map(({ id, after }) => ({ orderId: id, after })) },
        { isRepeatable: true },
      );
      return new Map(histories.map(({ orderId, events }) => [orderId, events.map(eventFrom)]));
    },
  });
}

function eventFrom({ sequence, type, at, dataJson }: orderV1.OrderEvent): StreamedEvent {
  return { sequence: Number(sequence), type, body: { sequence: Number(sequence), type, at, data: JSON.parse(dataJson) as unknown } };
}
