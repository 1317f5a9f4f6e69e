import type { inventoryV1 } from '@tandem/contracts';
import { type Peer, toPublicId } from '@tandem/host';
import type { IntroduceStock } from '../domain/ports.js';

/** First stock, by a call to the inventory service in this service's own name. */
export function grpcIntroduceStock(inventory: Pick<Peer<typeof inventoryV1.InventoryServiceService>, 'introduceStock'>): IntroduceStock {
  return async (stock) => {
    const introduced = stock.map(({ variantId, quantity, seats = [], elsewhere = [] }) => ({
      variantId: toPublicId('variant', variantId),
      quantity,
      seats: [...seats],
      elsewhere: [...elsewhere],
    }));
    await inventory.introduceStock({ stock: introduced }, { isRepeatable: true });
  };
}
