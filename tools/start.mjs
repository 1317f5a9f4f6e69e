/** `npm start`: makes the clone ready, then runs the whole system until Ctrl-C. Options: tools/src/start/options.ts. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { guarded, root, setUp } from './setup.mjs';

await guarded(async () => {
  const at = (file) => pathToFileURL(join(root, 'tools/dist/start', file)).href;
  await setUp();
  const { parseStartOptions, helpText } = await import(at('options.js'));
  const options = parseStartOptions(process.argv.slice(2), process.env);
  if (options.kind === 'help') return console.log(helpText);
  const { start } = await import(at('start.js'));
  await start(options);
});
