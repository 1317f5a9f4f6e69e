import { PrismaPg } from '@prisma/adapter-pg';
import { toPublicId, uuidOf } from '@tandem/host';
import type pg from 'pg';
import type { AccountKind } from '../domain/account.js';
import { localeOf } from '../domain/account.js';
import type { Profiles } from '../domain/ports.js';
import { PrismaClient } from '../gen/prisma/client.js';

/** Reads accounts through Prisma, on the service's own pool. `close` before the pool ends. */
export function prismaProfiles(pool: pg.Pool): Profiles & { readonly close: () => Promise<void> } {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    find: async (id) => {
      const row = await prisma.account.findUnique({
        where: { id: uuidOf('customer', id) },
        select: { id: true, kind: true, email: true, name: true, locale: true },
      });
      if (!row) return undefined;
      return {
        id: toPublicId('customer', row.id),
        kind: row.kind as AccountKind,
        email: row.email,
        name: row.name,
        locale: localeOf(row.locale),
      };
    },
    close: () => prisma.$disconnect(),
  };
}
