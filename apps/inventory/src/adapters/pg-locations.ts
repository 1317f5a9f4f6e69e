import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import { defaultLocation } from '../domain/allocation.js';
import type { Locations } from '../domain/ports.js';
import type { Location } from '../domain/stock.js';

const all: Statement = { name: 'inventory_locations', text: `SELECT id, name FROM location ORDER BY id <> '${defaultLocation}', name` };
const add: Statement = {
  name: 'inventory_add_location',
  text: 'INSERT INTO location (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id',
};
const has: Statement = { name: 'inventory_has_location', text: 'SELECT id FROM location WHERE id = $1' };

/** Locations in PostgreSQL. */
export function pgLocations(database: Database): Locations {
  return {
    all: () => database.query<Location>(all),
    add: async ({ id, name }, tx) => (await (tx ? sessionOf(tx) : database).query(add, [id, name])).length > 0,
    has: async (tx, id) => (await sessionOf(tx).query(has, [id])).length > 0,
  };
}
