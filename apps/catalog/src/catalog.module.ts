import { catalogV1, inventoryV1, mediaV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { grpcIntroduceStock } from './adapters/grpc-introduce-stock.js';
import { grpcPictureArchive } from './adapters/grpc-picture-archive.js';
import { pgLooseClaims } from './adapters/pg-loose-claims.js';
import { pgProducts } from './adapters/pg-products.js';
import { pgSeedShelf } from './adapters/pg-seed-shelf.js';
import { pgShelves } from './adapters/pg-shelves.js';
import { prismaCategories } from './adapters/prisma-categories.js';
import { readSeed } from './adapters/seed-files.js';
import { loadCatalogConfig } from './config.js';
import { CreateProductGrpc } from './features/create-product.grpc.js';
import { CreateProduct } from './features/create-product.js';
import { PricesGrpc } from './features/prices.grpc.js';
import { ProductsGrpc } from './features/products.grpc.js';
import { QuotePrices } from './features/quote-prices.js';
import { ReadProduct } from './features/read-product.js';
import { SearchProducts } from './features/search-products.js';
import { SeedCatalogue } from './features/seed-catalogue.js';
import { SetPicturesGrpc } from './features/set-pictures.grpc.js';
import { SetPictures } from './features/set-pictures.js';
import { SetPrice } from './features/set-price.js';
import { seeding } from './seeding.js';

const sweepEveryMs = 600_000;

/** What is on sale, and what it costs. */
export const catalog = defineService({
  name: 'catalog',
  config: loadCatalogConfig,
  needs: { database: true, events: true },
  serves: { CatalogService: catalogV1.CatalogServiceService },
  compose: ({ database, outbox, now, pool, logger, peer, schedules }, config) => {
    const products = pgProducts(database);
    const shelves = pgShelves();
    const categories = prismaCategories(pool);
    const introduceStock = grpcIntroduceStock(peer('inventory', inventoryV1.InventoryServiceService));
    const archive = grpcPictureArchive(peer('media', mediaV1.MediaServiceService));
    const seedCatalogue = new SeedCatalogue(pgSeedShelf(database), readSeed, introduceStock);
    const onError = (error: unknown): void =>
      logger.info({ reason: error instanceof Error ? error.message : String(error) }, 'seeding waits');
    const setPictures = new SetPictures({ database, shelves, archive, looseClaims: pgLooseClaims(database), outbox, now });
    const sweep = schedules.every({
      name: 'sweep-claims',
      everyMs: sweepEveryMs,
      work: async () => ((await setPictures.sweep()) > 0 ? 0 : undefined),
    });
    const seed = seeding({ seed: () => seedCatalogue.run(), onError });
    return {
      controllers: [ProductsGrpc, PricesGrpc, CreateProductGrpc, SetPicturesGrpc],
      providers: [
        provide(SearchProducts, new SearchProducts(products)),
        provide(ReadProduct, new ReadProduct(products, categories)),
        provide(QuotePrices, new QuotePrices(products)),
        provide(SetPrice, new SetPrice(database, shelves, outbox, now)),
        provide(SetPictures, setPictures),
        provide(CreateProduct, new CreateProduct({ database, products, shelves, introduceStock, outbox, now })),
      ],
      background: config.seeds ? [sweep, seed] : [sweep],
      blockers: async () => (config.seeds && !seed.isDone() ? ['the shop is being filled'] : []),
      close: categories.close,
    };
  },
});
