import type { Categories, Products } from '../domain/ports.js';
import type { Category, Product } from '../domain/product.js';

/** Single products and the shelves they stand on. */
export class ReadProduct {
  constructor(
    private readonly products: Products,
    private readonly shelves: Categories,
  ) {}

  byId(id: string): Promise<Product | undefined> {
    return this.products.byId(id);
  }

  bySlug(slug: string): Promise<Product | undefined> {
    return this.products.bySlug(slug);
  }

  /** Unknown ids are left out. */
  async many(ids: readonly string[]): Promise<readonly Product[]> {
    return ids.length === 0 ? [] : this.products.byIds(ids);
  }

  categories(): Promise<readonly Category[]> {
    return this.shelves.all();
  }
}
