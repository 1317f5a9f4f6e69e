import { commandLine } from '../command-line.js';
import { runMain } from '../failure.js';
import { serviceNames } from '../workspace.js';
import { dataFolder, runningParts } from '../start/data-folder.js';
import { dataDirOf } from '../start/options.js';

/** `npm run -s ps [-- --data DIR]`: `name pid`, one line per running service; in one process every service has the same id. */
await runMain(async () => {
  const { values } = commandLine({ options: { data: { type: 'string' } } });
  const dataDir = dataDirOf(values.data);
  const running = await runningParts(dataFolder(dataDir));
  if (running.length === 0) console.error(`Nothing is running on ${dataDir}. Another folder: -- --data DIR.`);
  for (const { part, pid } of running) {
    if (part === 'all') for (const name of serviceNames()) console.log(`${name} ${pid}`);
    else if (!['supervisor', 'postgres', 'kafka'].includes(part)) console.log(`${part} ${pid}`);
  }
});
