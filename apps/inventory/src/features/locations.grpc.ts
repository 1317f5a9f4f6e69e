import { Controller } from '@nestjs/common';
import { type commonV1, inventoryV1 } from '@tandem/contracts';
import { type Caller, hashOf, invalidField, newUuid, noSuchVariant, parsePublicId, Refusal, Rpc, scopeOf, toPublicId } from '@tandem/host';
import { availableOf, type LocatedLevel, type Location } from '../domain/stock.js';
import { KeepLocations } from './keep-locations.js';
import { ReadAvailability } from './read-availability.js';
import { toLevel } from './stock.grpc.js';

/** Characters of a location's name. */
const longestName = 100;

/** Where stock lies, as staff sees it. */
@Controller()
export class LocationsGrpc {
  constructor(
    private readonly keepLocations: KeepLocations,
    private readonly readAvailability: ReadAvailability,
  ) {}

  @Rpc('InventoryService', 'listLocations', ['staff', 'service'])
  async handleList(_: commonV1.Empty): Promise<inventoryV1.Locations> {
    return { locations: (await this.keepLocations.list()).map(toLocation) };
  }

  @Rpc('InventoryService', 'createLocation', ['staff'])
  handleCreate(request: inventoryV1.CreateLocationRequest, caller: Caller): Promise<inventoryV1.Location> {
    const name = request.name.trim();
    if (name === '' || name.length > longestName || name.includes('\0'))
      throw invalidField('/name', 'length', `must be 1 to ${longestName} characters`);
    const scope = scopeOf(caller, hashOf('inventory.CreateLocation', inventoryV1.CreateLocationRequest.encode(request).finish()));
    return this.keepLocations.add(
      { id: newUuid(), name },
      {
        caller,
        scope,
        answer: (outcome) => {
          if (outcome.kind === 'name-taken') throw nameTaken(name);
          return toLocation(outcome.location);
        },
      },
    );
  }

  @Rpc('InventoryService', 'stockByLocation', ['staff', 'service'])
  async handleStock({ variantId }: inventoryV1.StockByLocationRequest): Promise<inventoryV1.LocatedStock> {
    const uuid = parsePublicId('variant', variantId);
    const levels = uuid === undefined ? [] : await this.readAvailability.byLocation(uuid);
    const [first] = levels;
    if (!first) throw noSuchVariant(variantId);
    const sum = (of: (level: LocatedLevel) => number): number => levels.reduce((total, level) => total + of(level), 0);
    return {
      total: toLevel({ ...first, onHand: sum(({ onHand }) => onHand), reserved: sum(({ reserved }) => reserved) }),
      locations: levels.map(toLocated),
    };
  }
}

function nameTaken(name: string): Refusal {
  return new Refusal('location-name-taken', { detail: `there is a location called ${name}; take another name` });
}

function toLocation({ id, name }: Location): inventoryV1.Location {
  return { id: toPublicId('location', id), name };
}

function toLocated(level: LocatedLevel): inventoryV1.LocationLevel {
  return { location: toLocation(level.location), onHand: level.onHand, reserved: level.reserved, available: availableOf(level) };
}
