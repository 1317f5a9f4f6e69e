import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import type { TaxRates } from '../domain/ports.js';

const statement = (name: string, text: string): Statement => ({ name: `cart_tax_${name}`, text });

const all = statement('all', 'SELECT country, region, category, title, rate, on_shipping FROM tax_rate ORDER BY country, region, category');
/** Two that replace at the same time come one after the other; reading goes on meanwhile. */
const lock = statement('lock', 'LOCK TABLE tax_rate IN SHARE ROW EXCLUSIVE MODE');
const clear = statement('clear', 'DELETE FROM tax_rate');
const add = statement(
  'add',
  `INSERT INTO tax_rate (country, region, category, title, rate, on_shipping)
   SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::boolean[])`,
);

type Row = {
  readonly country: string;
  readonly region: string;
  readonly category: string;
  readonly title: string;
  readonly rate: number;
  readonly on_shipping: boolean;
};

/** Tax rates in PostgreSQL. */
export function pgTaxRates(database: Database): TaxRates {
  return {
    all: async () => (await database.query<Row>(all)).map(({ on_shipping, ...rate }) => ({ ...rate, onShipping: on_shipping })),
    async replace(tx, rates) {
      const session = sessionOf(tx);
      await session.query(lock);
      await session.query(clear);
      const columns = [
        rates.map(({ country }) => country),
        rates.map(({ region }) => region),
        rates.map(({ category }) => category),
        rates.map(({ title }) => title),
      ];
      await session.query(add, [...columns, rates.map(({ rate }) => rate), rates.map(({ onShipping }) => onShipping)]);
    },
  };
}
