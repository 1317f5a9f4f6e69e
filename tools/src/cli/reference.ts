import { commandLine } from '../command-line.js';
import { runMain } from '../failure.js';
import { writeReference } from '../reference-files.js';
import { workspaceRoot } from '../workspace.js';

/** `npm run reference`: writes what is made from code. With `--release`, what goes into operation now becomes what later changes are compared with. */
await runMain(async () => {
  const { values } = commandLine({ options: { release: { type: 'boolean', default: false } } });
  await writeReference(workspaceRoot, values);
});
