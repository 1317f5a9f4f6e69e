import type { FirstStock, IntroduceStock, SeedShelf } from '../domain/ports.js';
import type { NewProduct } from '../domain/product.js';

export type ReadSeed = () => Promise<{
  readonly products: readonly NewProduct[];
  readonly stock: ReadonlyMap<string, Omit<FirstStock, 'variantId'>>;
}>;

/** Fills an empty shop, once per database. Each part may be repeated, so a run that broke off is run again from the top. */
export class SeedCatalogue {
  constructor(
    private readonly shelf: SeedShelf,
    private readonly readSeed: ReadSeed,
    private readonly introduceStock: IntroduceStock,
  ) {}

  async run(): Promise<void> {
    if (await this.shelf.isDone()) return;
    const { products, stock } = await this.readSeed();
    await this.shelf.addAll(products);
    const ids = await this.shelf.variantIds([...stock.keys()]);
    await this.introduceStock([...ids].map(([sku, variantId]) => ({ variantId, ...(stock.get(sku) ?? { quantity: 0 }) })));
    await this.shelf.finish();
  }
}
