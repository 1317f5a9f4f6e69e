import { Controller } from '@nestjs/common';
import type { notificationV1 } from '@tandem/contracts';
import { type Caller, notFound, parsePublicId, principalOf, Rpc, uuidOf } from '@tandem/host';
import type { Followers } from '../domain/followers.js';
import { type Locale, locales } from '../domain/texts/texts.js';

/** What following stands on. */
export class FollowParts {
  constructor(readonly followers: Pick<Followers, 'follow' | 'unfollow'>) {}
}

/** Who wants to hear of a product. Asking again changes nothing but the address. */
@Controller()
export class FollowProductGrpc {
  constructor(private readonly parts: FollowParts) {}

  @Rpc('NotificationService', 'followProduct', ['user'])
  async follow({ productId, title, slug, variantIds, email, locale }: notificationV1.FollowProductRequest, caller: Caller): Promise<notificationV1.Followed> {
    const product = { id: productUuid(productId), title, slug, variantIds: variantIds.map((id) => uuidOf('variant', id)) };
    const spoken = locales.find((known) => known === locale) ?? ('en' satisfies Locale);
    await this.parts.followers.follow({ ownerId: ownerOf(caller), email, locale: spoken, product });
    return {};
  }

  @Rpc('NotificationService', 'unfollowProduct', ['user'])
  async unfollow({ productId }: notificationV1.UnfollowProductRequest, caller: Caller): Promise<notificationV1.Unfollowed> {
    await this.parts.followers.unfollow(ownerOf(caller), productUuid(productId));
    return {};
  }
}

function productUuid(productId: string): string {
  const uuid = parsePublicId('product', productId);
  if (uuid === undefined) throw notFound();
  return uuid;
}

function ownerOf(caller: Caller): string {
  return uuidOf('customer', principalOf(caller).id);
}
