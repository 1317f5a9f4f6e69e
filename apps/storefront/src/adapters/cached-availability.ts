import type { inventoryV1 } from '@tandem/contracts';
import { type CallOptions, forSeveral, type Peer } from '@tandem/host';
import { LRUCache } from 'lru-cache';

/** How old a number may be. Source: docs/reference/api.md: right within 2 s of the fact. */
const freshForMs = 1_000;

type Levels = ReadonlyMap<string, number>;

/** Units that can be bought, by variant: one call for all that are not known, each kept for a second. Unknown variants have none. */
export function cachedAvailability(inventory: Pick<Peer<typeof inventoryV1.InventoryServiceService>, 'availability'>) {
  const known = new LRUCache<string, Promise<Levels>>({ max: 20_000, ttl: freshForMs });
  const ask = (variantIds: string[], as: CallOptions): Promise<Levels> => {
    const asked = inventory
      .availability({ variantIds }, forSeveral(as))
      .then(({ levels }) => new Map(levels.map(({ variantId, available }) => [variantId, available])));
    for (const id of variantIds) known.set(id, asked);
    asked.catch(() => variantIds.forEach((id) => known.delete(id))); // whoever asked sees the failure itself
    return asked;
  };
  return {
    of: async (variantIds: readonly string[], as: CallOptions): Promise<Levels> => {
      const missing = variantIds.filter((id) => !known.has(id));
      if (missing.length > 0) void ask(missing, as);
      const askedFor = new Map(variantIds.map((id) => [id, known.get(id)])); // as a rule the same few answers for all
      const answers = new Map(await Promise.all([...new Set(askedFor.values())].map(async (asked) => [asked, await asked] as const)));
      return new Map([...askedFor].map(([id, asked]) => [id, answers.get(asked)?.get(id) ?? 0]));
    },
    evict: (variantId: string): void => void known.delete(variantId),
  };
}
