import { Controller } from '@nestjs/common';
import { notificationV1 } from '@tandem/contracts';
import { type Caller, hashOf, invalidField, noSuch, ownerOf, once, parsePublicId, Rpc, scopeOf, uuidOf } from '@tandem/host';
import type { Database } from '@tandem/kernel';
import { type Followers, type Following, mostFollows } from '../domain/followers.js';
import { type Locale, locales } from '../domain/texts/texts.js';

/** What following stands on. */
export class FollowParts {
  constructor(
    readonly followers: Pick<Followers, 'follow' | 'unfollow'>,
    readonly database: Database,
  ) {}
}

const whyNot: Readonly<Record<Exclude<Following, 'followed'>, string>> = {
  'follows-too-much': `follows ${mostFollows} products already`,
  unsubscribed: 'wants no such mails any more; its account can follow again',
};

/** Who wants to hear of a product. Asking again changes nothing but the address. */
@Controller()
export class FollowProductGrpc {
  constructor(private readonly parts: FollowParts) {}

  @Rpc('NotificationService', 'followProduct', ['user'])
  async follow(request: notificationV1.FollowProductRequest, caller: Caller): Promise<notificationV1.Followed> {
    const { productId, title, slug, variantIds, email, isOwn, locale } = request;
    const product = { id: productUuid(productId), title, slug, variantIds: variantIds.map((id) => uuidOf('variant', id)) };
    const spoken = locales.find((known) => known === locale) ?? ('en' satisfies Locale);
    const scope = scopeOf(caller, hashOf('notification.FollowProduct', notificationV1.FollowProductRequest.encode(request).finish()));
    return once(this.parts.database, caller, scope, {
      prepare: () => Promise.resolve(),
      run: async (tx) => {
        const following = await this.parts.followers.follow(tx, { ownerId: ownerOf(caller), email, isOwn, locale: spoken, product });
        if (following !== 'followed') throw invalidField('/email', following, whyNot[following]);
        return {};
      },
    });
  }

  @Rpc('NotificationService', 'unfollowProduct', ['user'])
  async unfollow({ productId }: notificationV1.UnfollowProductRequest, caller: Caller): Promise<notificationV1.Unfollowed> {
    await this.parts.followers.unfollow(ownerOf(caller), productUuid(productId));
    return {};
  }
}

function productUuid(productId: string): string {
  const uuid = parsePublicId('product', productId);
  if (uuid === undefined) throw noSuch('product', productId);
  return uuid;
}
