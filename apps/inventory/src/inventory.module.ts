import { inventoryV1 } from '@tandem/contracts';
import { defineService, provide } from '@tandem/host';
import { pgAuditFacts } from './adapters/pg-audit-facts.js';
import { pgLocations } from './adapters/pg-locations.js';
import { pgReservations } from './adapters/pg-reservations.js';
import { pgStockBook } from './adapters/pg-stock-book.js';
import { loadInventoryConfig } from './config.js';
import { AdjustStock } from './features/adjust-stock.js';
import { AnnounceStock } from './features/announce-stock.js';
import { IntroduceStock } from './features/introduce-stock.js';
import { KeepLocations } from './features/keep-locations.js';
import { LocationsGrpc } from './features/locations.grpc.js';
import { ReadAvailability } from './features/read-availability.js';
import { ReleaseStock } from './features/release-stock.js';
import { ReservationsGrpc } from './features/reservations.grpc.js';
import { ReserveStock } from './features/reserve-stock.js';
import { ReturnStock } from './features/return-stock.js';
import { ReturnStockOnOrderEnded } from './features/return-stock.consumer.js';
import { seedLocation } from './features/seed-location.js';
import { StockGrpc } from './features/stock.grpc.js';
import { SweepExpired } from './features/sweep-expired.js';
import { TakeStock } from './features/take-stock.js';

/** Stock, what orders hold of it, and the ledger of what moved. */
export const inventory = defineService({
  name: 'inventory',
  config: loadInventoryConfig,
  needs: { database: true, events: true },
  serves: { InventoryService: inventoryV1.InventoryServiceService },
  compose: ({ database, outbox, now, schedules }, { seeds }) => {
    const reservations = pgReservations(database);
    const stock = pgStockBook(database);
    const locations = pgLocations(database);
    const announce = new AnnounceStock(outbox, now);
    const releaseStock = new ReleaseStock(database, reservations, announce);
    const sweepExpired = new SweepExpired(database, reservations, announce);
    return {
      controllers: [ReservationsGrpc, StockGrpc, LocationsGrpc, ReturnStockOnOrderEnded],
      providers: [
        provide(ReserveStock, new ReserveStock(database, reservations, announce)),
        provide(TakeStock, new TakeStock(database, reservations, announce)),
        provide(ReleaseStock, releaseStock),
        provide(ReturnStock, new ReturnStock(reservations, releaseStock, announce)),
        provide(ReadAvailability, new ReadAvailability(stock)),
        provide(IntroduceStock, new IntroduceStock(stock)),
        provide(AdjustStock, new AdjustStock(database, stock, locations, announce)),
        provide(KeepLocations, new KeepLocations(database, locations)),
      ],
      background: [
        { name: 'second location', start: () => (seeds ? seedLocation(locations) : Promise.resolve()), stop: () => Promise.resolve() },
        schedules.every({ name: 'expire-reservations', everyMs: 3_000, work: () => sweepExpired.run() }),
      ],
      auditFacts: pgAuditFacts(database),
    };
  },
});
