import { Controller } from '@nestjs/common';
import { AdminPeers } from './admin.http.js';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { NewProductPictures, ProductPictures, productImageFrom } from './schemas/picture.schema.js';

const setProductPictures = endpoint({
  operationId: 'setProductPictures',
  method: 'PUT',
  path: '/admin/v1/products/:productId/pictures',
  tag: 'Admin',
  policy: 'staff',
  summary: 'Say which pictures a product is shown with',
  body: NewProductPictures,
  answers: { 200: ProductPictures },
  refuses: ['picture-not-ready'],
});

/** What products look like. */
@Controller()
export class ProductPicturesHttp {
  constructor(private readonly peers: AdminPeers) {}

  @Serves(setProductPictures)
  async set({ params: { productId }, body, as }: CallOf<typeof setProductPictures>): Promise<Answer> {
    const { pictures } = await this.peers.catalog.setProductPictures({ productId, mediaIds: body.pictures }, as);
    this.peers.evict.products();
    return ok({ productId, images: pictures.map(productImageFrom) });
  }
}
