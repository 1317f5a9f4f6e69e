import { runMain } from '../failure.js';
import { helpText, parseStartOptions } from '../start/options.js';
import { start } from '../start/start.js';

/** `npm start` without the set-up: for a clone that is installed and built. */
await runMain(async () => {
  const options = parseStartOptions(process.argv.slice(2), process.env);
  if (options.kind === 'help') console.log(helpText);
  else await start(options);
});
