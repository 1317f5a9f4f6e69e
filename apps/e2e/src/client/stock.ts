import type { Shopper } from './shopper.js';

type Level = { readonly onHand: number; readonly reserved: number };

/** What inventory holds of a variant, over all its locations and at each. */
export async function stockOf(clerk: Shopper, variantId: string): Promise<Level & { readonly locations: readonly Level[] }> {
  return (await clerk.ask('GET', `/admin/v1/variants/${variantId}/stock`)).body;
}
