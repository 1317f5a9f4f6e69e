import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventSchemas } from '@tandem/contracts';
import { commandLine } from '../command-line.js';
import { runMain } from '../failure.js';
import { participantsModule } from '../participants.js';
import { referencePages } from '../reference.js';
import { workspaceRoot } from '../workspace.js';

/** `npm run reference`: writes the pages of docs/reference that are made from code, and the snapshot that event schemas are compared with. */
await runMain(async () => {
  commandLine({});
  const folder = join(workspaceRoot, 'docs/reference');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(referencePages())) await writeFile(join(folder, name), text);
  await writeFile(join(workspaceRoot, 'libs/contracts/src/participants.ts'), participantsModule());
  await writeFile(join(workspaceRoot, 'libs/contracts/events.snapshot.json'), `${JSON.stringify(eventSchemas(), null, 1)}\n`);
});
