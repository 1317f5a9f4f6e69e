import { Failure, runMain } from '../failure.js';
import { newMigration } from '../db-new.js';

/** `npm run db:new -- <service> <name> [--empty]` */
await runMain(async () => {
  const args = process.argv.slice(2);
  const [service, name] = args.filter((arg) => !arg.startsWith('--'));
  if (!service || !name) throw new Failure('Usage: npm run db:new -- <service> <name_in_snake_case> [--empty]');
  console.log(await newMigration({ service, name, now: new Date(), empty: args.includes('--empty') }));
});
