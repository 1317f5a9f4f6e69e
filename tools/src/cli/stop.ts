import { commandLine } from '../command-line.js';
import { runMain } from '../failure.js';
import { dataFolder } from '../start/data-folder.js';
import { dataDirOf } from '../start/options.js';
import { stopSystem } from '../start/stop.js';

/** `npm run stop [-- --data DIR]` */
await runMain(async () => {
  const { values } = commandLine({ options: { data: { type: 'string' } } });
  const dataDir = dataDirOf(values.data);
  const ended = await stopSystem(dataFolder(dataDir));
  console.log(ended.length > 0 ? `stopped ${ended.join(', ')}` : `nothing was running on ${dataDir}; another folder: -- --data DIR`);
});
