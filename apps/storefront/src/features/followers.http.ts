import { Controller } from '@nestjs/common';
import { invalidField } from '@tandem/host';
import { AuthPeers } from './auth.http.js';
import { type Answer, created, noContent } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Notifications } from './notifications.http.js';
import { ProductSources } from './products.http.js';
import { NewFollower, ProductFollower } from './schemas/notification.schema.js';

const followProduct = endpoint({
  operationId: 'followProduct',
  method: 'POST',
  path: '/v1/products/:productId/followers',
  tag: 'Products',
  policy: 'user',
  idempotencyKey: 'honoured',
  summary: 'Be told by mail, once, when a product can be bought (again), and until then when it gets cheaper',
  body: NewFollower,
  answers: { 201: ProductFollower },
});
const unfollowProduct = endpoint({
  operationId: 'unfollowProduct',
  method: 'DELETE',
  path: '/v1/products/:productId/followers',
  tag: 'Products',
  policy: 'user',
  summary: 'Not be told any more',
  answers: { 204: null },
});

/** Who wants to hear of a product. */
@Controller()
export class FollowersHttp {
  constructor(
    private readonly notifications: Notifications,
    private readonly sources: ProductSources,
    private readonly auth: AuthPeers,
  ) {}

  /** To the address given, else the account's; a guest has none. */
  @Serves(followProduct)
  async follow({ params, body, locale, as }: CallOf<typeof followProduct>): Promise<Answer> {
    const { id: productId, title, slug, variants } = await this.sources.pages.find(params.productId, as);
    const email = body?.email ?? (await this.auth.customer.getMe({}, as)).email ?? '';
    if (email === '') throw invalidField('/email', 'required', 'is required of a guest');
    const variantIds = variants.map(({ id }) => id);
    const isOwn = body?.email === undefined;
    await this.notifications.peer.followProduct({ productId, title, slug, variantIds, email, isOwn, locale }, as);
    return created({ productId, email });
  }

  @Serves(unfollowProduct)
  async unfollow({ params, as }: CallOf<typeof unfollowProduct>): Promise<Answer> {
    const { id: productId } = await this.sources.pages.find(params.productId, as);
    await this.notifications.peer.unfollowProduct({ productId }, as);
    return noContent();
  }
}
