/**
 * `npm test`: makes the clone ready, then runs every check and every test, and ends with one line: `N passed, N failed, N skipped`.
 * Options: --no-e2e leaves the journeys out; --only NAME runs the steps whose name begins so;
 * folders (apps/cart libs/kernel) run the tests of those projects alone.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { guarded, root, setUp } from './setup.mjs';

await guarded(async () => {
  await setUp().catch((error) => {
    process.once('exit', () => console.log('0 passed, 1 failed, 0 skipped'));
    throw error;
  });
  const { runTests } = await import(pathToFileURL(join(root, 'tools/dist/testing/run-tests.js')).href);
  process.exitCode = await runTests(process.argv.slice(2), process.env);
});
