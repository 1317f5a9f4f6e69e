import { addressOf, commandLine } from '../command-line.js';
import { runMain } from '../failure.js';
import { runJourneys } from '../testing/journeys.js';

/** `npm run e2e -- [--base-url URL] [--sandbox-url URL] [NAME …] [-- Jest's own options]`: the journeys, or those that are named, against a system that runs anywhere. */
await runMain(async () => {
  const options = {
    'base-url': { type: 'string', default: 'http://127.0.0.1:3000' },
    'sandbox-url': { type: 'string', default: 'http://127.0.0.1:3100' },
  } as const;
  const given = process.argv.slice(2);
  const end = given.includes('--') ? given.indexOf('--') : given.length;
  const { values, positionals: names } = commandLine({ args: given.slice(0, end), options, allowPositionals: true });
  const target = {
    storefrontUrl: addressOf('base-url', values['base-url']),
    sandboxUrl: addressOf('sandbox-url', values['sandbox-url']),
  };
  if (!(await runJourneys(target, process.env, { names, jestOptions: given.slice(end + 1) }))) process.exitCode = 1;
});
