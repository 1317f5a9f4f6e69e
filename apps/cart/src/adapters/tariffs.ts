import type { shippingV1 } from '@tandem/contracts';
import { isPeerAway, type Peer } from '@tandem/host';
import type { Currency } from '@tandem/kernel';
import { LRUCache } from 'lru-cache';
import type { ListTariffs } from '../domain/ports.js';
import type { Tariff } from '../domain/pricing/shipping.js';
import { amountOf, read } from './peers.js';

/** How old tariffs are before shipping is asked again, and how old while it is away: they change with a release of shipping. */
const freshForMs = 5_000;
const keptForMs = 3_600_000;
/** Whoever has tariffs waits no longer for fresher ones. */
const patienceMs = 500;

/** `toldAt`: when shipping said so; `askedAt`: when it was asked last. */
type Known = { readonly tariffs: readonly Tariff[]; readonly toldAt: number; readonly askedAt: number };

/**
 * Tariffs from shipping, a place and currency each: asked for again after 5 s. While shipping is away, those of the last hour go on being used, so that
 * a cart has a price and a checkout needs no shipping; a place that nobody asked for within the hour has to wait for it. `nowMs`: a clock that never goes back.
 */
export function listTariffsOf(
  shipping: Pick<Peer<typeof shippingV1.ShippingServiceService>, 'rates'>,
  nowMs = (): number => performance.now(),
): ListTariffs {
  const known = new LRUCache<string, Known>({ max: 1_000 });
  return async ({ currency, country }, call) => {
    const place = `${currency} ${country}`;
    const now = nowMs();
    const last = known.get(place);
    const kept = last && now - last.toldAt < keptForMs ? last : undefined;
    if (kept && now - kept.askedAt < freshForMs) return kept.tariffs;
    try {
      const { rates } = await shipping.rates(
        { currency, country, weightGrams: 0 },
        { ...read(call), ...(kept && { timeoutMs: patienceMs }) },
      );
      const tariffs = rates.map((rate) => tariffOf(rate, currency));
      known.set(place, { tariffs, toldAt: now, askedAt: now });
      return tariffs;
    } catch (error) {
      if (!kept || !isPeerAway(error)) throw error;
      known.set(place, { ...kept, askedAt: now });
      return kept.tariffs;
    }
  };
}

/** A shipping of before weight bands tells a price for any weight. */
function tariffOf({ price, bands, ...rate }: shippingV1.Rate, currency: Currency): Tariff {
  const told = bands.length > 0 ? bands : [{ upToGrams: 0, price }];
  return {
    ...rate,
    bands: told.map((band) => ({ upToGrams: band.upToGrams || null, price: amountOf(band.price, currency, `shipping's rate ${rate.id}`) })),
  };
}
