import { PrismaPg } from '@prisma/adapter-pg';
import { parsePublicId, uuidOf } from '@tandem/host';
import type pg from 'pg';
import { isOrderStatus } from '../domain/order-states.js';
import type { OrderFilter, OrderLists, OrderPage } from '../domain/order-store.js';
import { type Prisma, PrismaClient } from '../gen/prisma/client.js';
import { orderFrom } from './order-rows.js';

/** Lists of orders through Prisma, on the service's own pool. `close` before the pool ends. */
export function prismaOrderLists(pool: pg.Pool): OrderLists & { readonly close: () => Promise<void> } {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  const page = async (where: Prisma.OrderWhereInput, before: bigint | null, limit: number): Promise<OrderPage> => {
    const rows = await prisma.order.findMany({
      where: { ...where, ...(before === null ? {} : { sequence: { lt: before } }) },
      orderBy: { sequence: 'desc' },
      take: limit + 1,
      include: { shipments: { orderBy: { position: 'asc' } } },
    });
    const shown = rows.slice(0, limit);
    return { orders: shown.map(orderFrom), next: rows.length > limit ? (shown.at(-1)?.sequence ?? null) : null };
  };
  return {
    ofOwner: (ownerId, before, limit) => page({ ownerId: uuidOf('customer', ownerId), isPromised: true }, before, limit),
    search: async (filter, before, limit) =>
      page({ ...conditionOf(filter), ...(filter.q === undefined ? {} : { id: { in: await meantBy(prisma, filter.q) } }) }, before, limit),
    close: () => prisma.$disconnect(),
  };
}

function conditionOf({ status, from, to }: OrderFilter): Prisma.OrderWhereInput {
  return {
    ...(status !== undefined && isOrderStatus(status) ? { status } : {}),
    ...(from === undefined && to === undefined ? {} : { createdAt: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) } }),
  };
}

/** Orders found by one text at most, the newest of them. */
const mostMeant = 1_000;

/** The orders with this number, this e-mail (any case) or this id, each found by its index. */
async function meantBy(prisma: PrismaClient, q: string): Promise<string[]> {
  const id = parsePublicId('order', q) ?? null;
  const found = await prisma.$queryRaw<{ id: string }[]>`SELECT id FROM (
      SELECT id, sequence FROM orders WHERE lower(email) = lower(${q}) UNION SELECT id, sequence FROM orders WHERE number = ${q.toUpperCase()}
      UNION SELECT id, sequence FROM orders WHERE id = ${id}::uuid) meant ORDER BY sequence DESC LIMIT ${mostMeant}`;
  return found.map((row) => row.id);
}
