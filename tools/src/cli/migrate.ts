import { commandLine, WrongUsage } from '../command-line.js';
import { Failure, runMain } from '../failure.js';
import { migrate } from '../migrate.js';
import { givenDatabaseUrl } from '../migrations/databases.js';
import { servicesWithDatabase } from '../workspace.js';

/** `npm run migrate -- [--fresh] [service …]` on the server of `DATABASE_URL`. */
await runMain(async () => {
  const { values, positionals: only } = commandLine({ allowPositionals: true, options: { fresh: { type: 'boolean', default: false } } });
  const known = [...servicesWithDatabase(), 'log'];
  for (const name of only) if (!known.includes(name)) throw new WrongUsage(`There is no database "${name}". Known: ${known.join(', ')}.`);
  const serverUrl = givenDatabaseUrl('DATABASE_URL', process.env);
  if (!serverUrl)
    throw new Failure(
      'DATABASE_URL: got nothing, wants the URL of a PostgreSQL server, e.g. postgres://user:password@localhost:5432/postgres.',
    );
  const applied = await migrate({ serverUrl, env: process.env, only, fresh: values.fresh });
  const lines = [...applied].sort().map(([name, count]) => `${name}: ${count} applied`);
  console.log(lines.length > 0 ? lines.join('\n') : 'Every database is up to date.');
});
