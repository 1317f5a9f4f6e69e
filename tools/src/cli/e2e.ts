import { parseArgs } from 'node:util';
import { runMain } from '../failure.js';
import { runJourneys } from '../testing/journeys.js';

/** `npm run e2e -- [--base-url URL] [--sandbox-url URL] [jest's own arguments]`: the journeys against a system that runs anywhere. */
await runMain(async () => {
  const options = {
    'base-url': { type: 'string', default: 'http://127.0.0.1:3000' },
    'sandbox-url': { type: 'string', default: 'http://127.0.0.1:3100' },
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const target = { storefrontUrl: values['base-url'], sandboxUrl: values['sandbox-url'] };
  if (!(await runJourneys(target, process.env, { args: positionals }))) process.exitCode = 1;
});
