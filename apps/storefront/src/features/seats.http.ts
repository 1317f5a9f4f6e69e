import { Controller } from '@nestjs/common';
import type { inventoryV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import { z } from 'zod';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import type { ProductPages } from './products.http.js';

const Seat = z
  .object({
    variantId: z.string(),
    seat: z.string(),
    status: z.enum(['free', 'held', 'sold']).describe('held: by an order that is not paid for yet; it may become free again'),
  })
  .meta({ id: 'Seat' });
const Seats = z
  .object({ data: z.array(Seat) })
  .meta({ id: 'Seats', description: 'In the order of their rows; none of a product whose units have no numbers' });

const listSeats = endpoint({
  operationId: 'listSeats',
  method: 'GET',
  path: '/v1/products/:idOrSlug/seats',
  tag: 'Products',
  policy: 'public',
  summary: 'The numbered units of a product, as they are now',
  answers: { 200: Seats },
});

/** Who knows a product's variants, and their seats. */
export class SeatSources {
  constructor(
    readonly pages: Pick<ProductPages, 'find'>,
    readonly inventory: Pick<Peer<typeof inventoryV1.InventoryServiceService>, 'listSeats'>,
  ) {}
}

/** Picking seats. Never cached: a shopper who picks one that is gone has picked for nothing. */
@Controller()
export class SeatsHttp {
  constructor(private readonly sources: SeatSources) {}

  @Serves(listSeats)
  async list({ params, as }: CallOf<typeof listSeats>): Promise<Answer> {
    const { variants } = await this.sources.pages.find(params.idOrSlug, as);
    const { seats } = await this.sources.inventory.listSeats({ variantIds: variants.map(({ id }) => id) }, as);
    return ok({ data: seats.map(({ variantId, label, status }) => ({ variantId, seat: label, status })) });
  }
}
