import { describe, expect, it } from '@jest/globals';
import { newId, type Refusal } from '@tandem/host';
import type { ReleaseStock } from './release-stock.js';
import { ReservationsGrpc } from './reservations.grpc.js';
import type { ReserveStock, ReserveStockCommand } from './reserve-stock.js';
import type { TakeStock } from './take-stock.js';

const asked: ReserveStockCommand[] = [];
const reserve = { run: async (command: ReserveStockCommand) => (asked.push(command), { kind: 'reserved' }) } as unknown as ReserveStock;
const edge = new ReservationsGrpc(reserve, {} as TakeStock, {} as ReleaseStock);

const orderId = newId('order');
const line = (quantity: number) => ({ lineId: newId('line'), variantId: newId('variant'), quantity, seats: [] as string[] });
const pointerOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'accepted',
    (error: unknown) => (error as Refusal).problem.errors?.[0]?.pointer,
  );

describe('a request to reserve', () => {
  it('names the field that does not fit', async () => {
    const twice = line(1);
    const pointers = await Promise.all([
      pointerOf(edge.handleReserve({ orderId: 'ord_nonsense', lines: [line(1)], ttlSeconds: 60 })),
      pointerOf(edge.handleReserve({ orderId, lines: [], ttlSeconds: 60 })),
      pointerOf(edge.handleReserve({ orderId, lines: [line(1), line(0)], ttlSeconds: 60 })),
      pointerOf(edge.handleReserve({ orderId, lines: [line(1000)], ttlSeconds: 60 })),
      pointerOf(edge.handleReserve({ orderId, lines: [{ ...line(1), variantId: newId('order') }], ttlSeconds: 60 })),
      pointerOf(edge.handleReserve({ orderId, lines: [twice, twice], ttlSeconds: 60 })),
      pointerOf(edge.handleReserve({ orderId, lines: [line(1)], ttlSeconds: -1 })),
    ]);
    expect(pointers).toEqual([
      '/orderId',
      '/lines',
      '/lines/1/quantity',
      '/lines/0/quantity',
      '/lines/0/variantId',
      '/lines',
      '/ttlSeconds',
    ]);
  });

  it('holds for 15 minutes when it does not say how long', async () => {
    await edge.handleReserve({ orderId, lines: [line(1)], ttlSeconds: 0 });
    expect(asked.map(({ ttlSeconds }) => ttlSeconds)).toEqual([900]);
  });
});
