import { cartV1, catalogV1, inventoryV1, loyaltyV1, shippingV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { askSeatsOf, askStockOf, quotePricesOf, spendablePointsOf } from './adapters/peers.js';
import { PgCartStore } from './adapters/pg-cart-store.js';
import { findOfferIn, findTermsIn } from './adapters/pg-pricing.js';
import { pgPromotionClaims } from './adapters/pg-promotion-claims.js';
import { pgPromotions } from './adapters/pg-promotions.js';
import { pgTaxRates } from './adapters/pg-tax-rates.js';
import { listTariffsOf } from './adapters/tariffs.js';
import { loadCartConfig } from './config.js';
import { AdoptCartGrpc } from './features/adopt-cart.grpc.js';
import { AdoptCart } from './features/adopt-cart.js';
import { CartView } from './features/cart-view.js';
import { ChangeLinesGrpc } from './features/change-lines.grpc.js';
import { ClaimPromotionGrpc } from './features/claim-promotion.grpc.js';
import { ClaimPromotion } from './features/claim-promotion.js';
import { CloseCartOnOrderConfirmed } from './features/close-cart.consumer.js';
import { CloseCart } from './features/close-cart.js';
import { KeepCartGrpc } from './features/keep-cart.grpc.js';
import { KeepCart } from './features/keep-cart.js';
import { KeepPromotionsGrpc } from './features/keep-promotions.grpc.js';
import { KeepPromotions } from './features/keep-promotions.js';
import { KeepTaxRatesGrpc } from './features/keep-tax-rates.grpc.js';
import { KeepTaxRates } from './features/keep-tax-rates.js';
import { PriceCartGrpc } from './features/price-cart.grpc.js';
import { PriceCart } from './features/price-cart.js';
import { ReleasePromotionOnOrderCancelled } from './features/release-promotion.consumer.js';
import { seedPromotions } from './features/seed-promotions.js';
import { UpdateCartGrpc } from './features/update-cart.grpc.js';
import { UpdateCart } from './features/update-cart.js';
import { WriteCart } from './features/write-cart.js';

/** Carts, and the only calculator of the shop. */
export const cart = defineService({
  name: 'cart',
  config: loadCartConfig,
  needs: { database: true, events: true },
  serves: { CartService: cartV1.CartServiceService },
  compose(host, { seeds }) {
    const { database } = host;
    const carts = new PgCartStore(database);
    const inventory = host.peer('inventory', inventoryV1.InventoryServiceService);
    const view = new CartView({
      quotePrices: quotePricesOf(host.peer('catalog', catalogV1.CatalogServiceService)),
      askStock: askStockOf(inventory),
      askSeats: askSeatsOf(inventory),
      listTariffs: listTariffsOf(host.peer('shipping', shippingV1.ShippingServiceService)),
      findOffer: findOfferIn(database),
      findTerms: findTermsIn(database),
    });
    const spendable = spendablePointsOf(host.peer('loyalty', loyaltyV1.LoyaltyServiceService));
    const promotions = pgPromotions(database);
    const claimPromotion = new ClaimPromotion(database, pgPromotionClaims(database));
    const writeCart = new WriteCart(database, carts, view);
    return {
      controllers: [
        KeepCartGrpc,
        UpdateCartGrpc,
        ChangeLinesGrpc,
        PriceCartGrpc,
        AdoptCartGrpc,
        ClaimPromotionGrpc,
        KeepPromotionsGrpc,
        KeepTaxRatesGrpc,
        CloseCartOnOrderConfirmed,
        ReleasePromotionOnOrderCancelled,
      ],
      providers: [
        provide(WriteCart, writeCart),
        provide(UpdateCart, new UpdateCart(writeCart, spendable)),
        provide(KeepCart, new KeepCart(database, carts, view)),
        provide(PriceCart, new PriceCart(carts, view)),
        provide(AdoptCart, new AdoptCart(database, carts, view)),
        provide(KeepPromotions, new KeepPromotions(database, promotions)),
        provide(KeepTaxRates, new KeepTaxRates(database, pgTaxRates(database))),
        provide(ClaimPromotion, claimPromotion),
        provide(CloseCart, new CloseCart(carts)),
      ],
      background: [
        {
          name: 'promotion codes',
          start: () => (seeds ? seedPromotions(database, promotions) : Promise.resolve()),
          stop: () => Promise.resolve(),
        },
        host.schedules.every({ name: 'forget-promotion-releases', everyMs: 3_600_000, work: () => claimPromotion.forget() }),
      ],
    };
  },
});
