/** `npm start`: makes the clone ready, then runs the whole system until Ctrl-C. Options: tools/src/start/options.ts. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { guarded, root, setUp } from './setup.mjs';

await guarded(async () => {
  await setUp();
  await import(pathToFileURL(join(root, 'tools/dist/cli/start.js')).href);
});
