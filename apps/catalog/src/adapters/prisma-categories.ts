import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { Categories } from '../domain/ports.js';
import { PrismaClient } from '../gen/prisma/client.js';

/** Categories through Prisma, on the service's own pool. `close` before the pool ends. */
export function prismaCategories(pool: pg.Pool): Categories & { readonly close: () => Promise<void> } {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    all: () => prisma.category.findMany({ orderBy: { title: 'asc' } }),
    close: () => prisma.$disconnect(),
  };
}
