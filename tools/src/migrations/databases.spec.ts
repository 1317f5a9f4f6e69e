import { Failure } from '../failure.js';
import { databaseUrlOf, givenDatabaseUrl } from './databases.js';

const wants =
  'got (a value that is not shown), wants the URL of a PostgreSQL server, e.g. postgres://user:password@localhost:5432/postgres.';

describe('the address of a database', () => {
  it('is what its variable holds; an empty one holds nothing', () => {
    expect(givenDatabaseUrl('DATABASE_URL', { DATABASE_URL: 'postgresql://db' })).toBe('postgresql://db');
    expect(givenDatabaseUrl('DATABASE_URL', { DATABASE_URL: '' })).toBeUndefined();
    expect(databaseUrlOf('order', 'postgres://db', {})).toBe('postgres://db/tandem_order');
  });

  it.each(['nonsense', 'localhost:5432', 'http://db', 'postgres://user:hidden@db:99999'])(
    'is refused with the name of its variable and without its value: %s',
    (given) => {
      expect(() => givenDatabaseUrl('DATABASE_URL', { DATABASE_URL: given })).toThrow(new Failure(`DATABASE_URL: ${wants}`));
      expect(() => databaseUrlOf('log', 'postgres://db', { LOG_DATABASE_URL: given })).toThrow(new Failure(`LOG_DATABASE_URL: ${wants}`));
    },
  );
});
