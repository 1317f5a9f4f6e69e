import type { Database, Statement } from '@tandem/kernel';
import type { LooseClaims } from '../domain/ports.js';

const note: Statement = {
  name: 'catalog_note_claim',
  text: `INSERT INTO loose_claim (claim, due_at) VALUES ($1, now() + interval '1 hour') ON CONFLICT DO NOTHING`,
};
/** A minute later than a product may still begin to show one: no transaction takes that long. */
const due: Statement = {
  name: 'catalog_due_claims',
  text: `SELECT claim FROM loose_claim WHERE due_at <= now() - interval '1 minute' ORDER BY due_at LIMIT 50`,
};
const forget: Statement = { name: 'catalog_forget_claim', text: 'DELETE FROM loose_claim WHERE claim = $1' };

/** Loose claims in PostgreSQL. */
export function pgLooseClaims(database: Database): LooseClaims {
  return {
    note: async (claim) => void (await database.query(note, [claim])),
    due: async () => (await database.query<{ claim: string }>(due)).map(({ claim }) => claim),
    forget: async (claim) => void (await database.query(forget, [claim])),
  };
}
