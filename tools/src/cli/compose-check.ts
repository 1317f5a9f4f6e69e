import { checkCompose } from '../compose/check.js';
import { commandLine } from '../command-line.js';
import { Failure, runMain } from '../failure.js';

/** `npm run compose:check`: the compose file built, brought up, walked through by every journey and taken down; wants Docker with Compose v2. */
await runMain(async () => {
  commandLine({ args: process.argv.slice(2), options: {} });
  const wrong = await checkCompose();
  if (wrong.length > 0) throw new Failure(wrong.map((line) => `WRONG ${line}`).join('\n'));
  console.log('The compose file holds.');
});
