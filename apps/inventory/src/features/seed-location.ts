import type { Locations } from '../domain/ports.js';

/** A second location to try a development shop with; the seed of catalog puts some stock there. Source: docs/reference/stock.md. */
const second = { id: '01900000-0000-7000-8000-000000000002', name: 'North warehouse' };

/** Adds the location that is not there. */
export async function seedLocation(locations: Locations): Promise<void> {
  await locations.add(second);
}
