import { commandLine, WrongUsage } from '../command-line.js';
import { runMain } from '../failure.js';
import { newMigration } from '../db-new.js';

/** `npm run db:new -- <service> <name> [--empty]` */
await runMain(async () => {
  const { values, positionals } = commandLine({ allowPositionals: true, options: { empty: { type: 'boolean', default: false } } });
  const [service, name, ...more] = positionals;
  if (!service || !name || more.length > 0)
    throw new WrongUsage(
      `Got "${positionals.join(' ')}", wants a service and a name: npm run db:new -- <service> <name_in_snake_case> [--empty]`,
    );
  console.log(await newMigration({ service, name, now: new Date(), empty: values.empty }));
});
