import { createDatabase, createLogger, createPool } from '@tandem/host';
import { createSpecDatabase as createHostDatabase, type SpecDatabase as HostDatabase } from '@tandem/host/testing';
import type { Database } from '@tandem/kernel';
import type pg from 'pg';

/** A database of its own for one suite. `replica`: another pool on it, as a second replica has; ended with the first. */
export type SpecDatabase = HostDatabase & { readonly replica: () => Database };

/** Needs `TEST_DATABASE_URL`, a server where databases may be created. */
export async function createSpecDatabase(): Promise<SpecDatabase> {
  const made = await createHostDatabase('inventory');
  const others: pg.Pool[] = [];
  return {
    ...made,
    replica: () => {
      const other = createPool(made.url, 16, createLogger('inventory-spec', 'silent'));
      others.push(other);
      return createDatabase(other);
    },
    drop: async () => {
      await Promise.all(others.map((each) => each.end()));
      await made.drop();
    },
  };
}
