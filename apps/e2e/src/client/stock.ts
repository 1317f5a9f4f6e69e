import type { Shopper } from './shopper.js';

/** What inventory holds of a variant, over all its locations. */
export async function stockOf(clerk: Shopper, variantId: string): Promise<{ readonly onHand: number; readonly reserved: number }> {
  return (await clerk.ask('GET', `/admin/v1/variants/${variantId}/stock`)).body;
}
