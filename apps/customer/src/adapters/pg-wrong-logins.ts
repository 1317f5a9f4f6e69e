import type { Database, Statement } from '@tandem/kernel';
import type { WrongLogins } from '../domain/ports.js';

const secondsLeft = `greatest(1, ceil(60 - extract(epoch FROM now() - window_from)))::int AS "secondsLeft"`;
const count: Statement = {
  name: 'customer_wrong_logins',
  text: `SELECT tries, ${secondsLeft} FROM wrong_login WHERE email_key = $1 AND window_from > now() - interval '1 minute'`,
};
const add: Statement = {
  name: 'customer_add_wrong_login',
  text: `INSERT INTO wrong_login AS w (email_key, tries, window_from) VALUES ($1, 1, now())
    ON CONFLICT (email_key) DO UPDATE SET
      tries = CASE WHEN w.window_from > now() - interval '1 minute' THEN w.tries + 1 ELSE 1 END,
      window_from = CASE WHEN w.window_from > now() - interval '1 minute' THEN w.window_from ELSE now() END
    RETURNING tries, ${secondsLeft}`,
};
const forget: Statement = { name: 'customer_forget_wrong_logins', text: 'DELETE FROM wrong_login WHERE email_key = $1' };

type Row = { readonly tries: number; readonly secondsLeft: number };

/** Windows of a minute that begin with the first wrong try. */
export function pgWrongLogins(database: Database): WrongLogins {
  return {
    count: async (emailKey) => (await database.query<Row>(count, [emailKey]))[0] ?? { tries: 0, secondsLeft: 0 },
    add: async (emailKey) => (await database.query<Row>(add, [emailKey]))[0] ?? { tries: 1, secondsLeft: 60 },
    forget: async (emailKey) => void (await database.query(forget, [emailKey])),
  };
}
