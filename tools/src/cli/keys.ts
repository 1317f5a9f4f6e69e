import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine, WrongUsage } from '../command-line.js';
import { runMain } from '../failure.js';
import { makeFolder } from '../start/data-folder.js';
import { newSecrets } from '../start/secrets.js';

/** `npm run keys -- FOLDER`: a file for each secret that every service shares, named as its variable; those that are there already stay. */
await runMain(async () => {
  const [folder, ...more] = commandLine({ allowPositionals: true }).positionals;
  if (!folder || more.length > 0)
    throw new WrongUsage(
      `keys: got ${folder ? 'more than a folder' : 'no folder'}, wants the one to write the secrets to: npm run keys -- FOLDER`,
    );
  await makeFolder('keys', folder);
  for (const [name, value] of Object.entries(newSecrets())) {
    const file = join(folder, name);
    if (existsSync(file)) console.log(`${file} is there already`);
    else await writeFile(file, value, { mode: 0o600 });
  }
});
