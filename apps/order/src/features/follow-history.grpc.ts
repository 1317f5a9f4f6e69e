import { Controller } from '@nestjs/common';
import type { orderV1 } from '@tandem/contracts';
import { type GrowthFeed, invalidField, parsePublicId, Rpc, toPublicId } from '@tandem/host';
import { map, type Observable } from 'rxjs';
import type { FedLine, Histories } from '../domain/history-feed.js';

/** Sources: order.proto, `ReadHistories`. */
const mostOrders = 100;
const mostLines = 50;

/** The histories, and what tells of their growth. */
export class HistoryReads {
  constructor(
    readonly feed: Pick<GrowthFeed, 'run'>,
    readonly histories: Histories,
  ) {}
}

/** The histories of all orders, live. */
@Controller()
export class FollowHistoryGrpc {
  constructor(private readonly reads: HistoryReads) {}

  @Rpc('OrderService', 'followHistories', ['service'])
  follow(): Observable<orderV1.Growth> {
    return this.reads.feed.run().pipe(map(({ ids, isAny }) => ({ orderIds: ids.map((order) => toPublicId('order', order)), any: isAny })));
  }

  @Rpc('OrderService', 'readHistories', ['service'])
  async read({ positions }: orderV1.ReadHistoriesRequest): Promise<orderV1.Histories> {
    if (positions.length > mostOrders) throw invalidField('/positions', 'too-many', `at most ${mostOrders}`);
    const known = positions.flatMap(({ orderId, after }) => {
      const order = parsePublicId('order', orderId);
      return order === undefined ? [] : [{ order, after }];
    });
    return { histories: historiesFrom(await this.reads.histories.read(known, mostLines)) };
  }
}

function historiesFrom(lines: readonly FedLine[]): orderV1.History[] {
  const byOrder = new Map<string, orderV1.OrderEvent[]>();
  for (const { order, sequence, type, at, data } of lines) {
    const events = byOrder.get(order) ?? [];
    events.push({ sequence: String(sequence), type, at: at.toISOString(), dataJson: data });
    byOrder.set(order, events);
  }
  return [...byOrder].map(([order, events]) => ({ orderId: toPublicId('order', order), events }));
}
