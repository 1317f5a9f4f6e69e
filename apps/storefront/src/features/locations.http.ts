import { Controller } from '@nestjs/common';
import { AdminPeers } from './admin.http.js';
import { type Answer, created, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { LocatedStock, locatedStockFrom, Location, locationFrom, Locations, NewLocation } from './schemas/admin.schema.js';

const listLocations = endpoint({
  operationId: 'listLocations',
  method: 'GET',
  path: '/admin/v1/locations',
  tag: 'Admin',
  policy: 'staff',
  summary: 'Where stock lies',
  answers: { 200: Locations },
});
const createLocation = endpoint({
  operationId: 'createLocation',
  method: 'POST',
  path: '/admin/v1/locations',
  tag: 'Admin',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Add a place where stock can lie; an adjustment brings units there',
  body: NewLocation,
  answers: { 201: Location },
  refuses: ['location-name-taken'],
});
const stockByLocation = endpoint({
  operationId: 'stockByLocation',
  method: 'GET',
  path: '/admin/v1/variants/:variantId/stock',
  tag: 'Admin',
  policy: 'staff',
  summary: 'Units of a variant, in all and location by location',
  answers: { 200: LocatedStock },
  refuses: ['unknown-variant'],
});

/** The places where stock lies. */
@Controller()
export class LocationsHttp {
  constructor(private readonly peers: AdminPeers) {}

  @Serves(listLocations)
  async list({ as }: CallOf<typeof listLocations>): Promise<Answer> {
    const { locations } = await this.peers.inventory.listLocations({}, as);
    return ok({ data: locations.map(locationFrom) });
  }

  @Serves(createLocation)
  async create({ body, as }: CallOf<typeof createLocation>): Promise<Answer> {
    return created(locationFrom(await this.peers.inventory.createLocation(body, as)));
  }

  @Serves(stockByLocation)
  async stock({ params, as }: CallOf<typeof stockByLocation>): Promise<Answer> {
    return ok(locatedStockFrom(await this.peers.inventory.stockByLocation(params, as)));
  }
}
