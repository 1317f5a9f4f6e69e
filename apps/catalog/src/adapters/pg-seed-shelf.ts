import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import type { SeedShelf } from '../domain/ports.js';
import { addProducts } from './add-products.js';
import { toJson } from './product-rows.js';

const isDone: Statement = { name: 'catalog_seed_is_done', text: "SELECT EXISTS (SELECT FROM seed_run WHERE name = 'products') AS done" };
const variantIds: Statement = { name: 'catalog_seed_variant_ids', text: 'SELECT id, sku FROM variant WHERE sku = ANY($1::text[])' };
const finish: Statement = {
  name: 'catalog_seed_finish',
  text: "INSERT INTO seed_run (name) VALUES ('products') ON CONFLICT (name) DO NOTHING",
};

/** The seed's way into PostgreSQL: everything in one transaction, and a row that says it is done. */
export function pgSeedShelf(database: Database): SeedShelf {
  return {
    isDone: async () => (await database.query<{ done: boolean }>(isDone))[0]?.done ?? false,
    async addAll(products) {
      await database.transaction((tx) => sessionOf(tx).query(addProducts, [toJson(products)]));
    },
    variantIds: async (skus) =>
      new Map((await database.query<{ id: string; sku: string }>(variantIds, [skus])).map(({ id, sku }) => [sku, id])),
    async finish() {
      await database.query(finish);
    },
  };
}
