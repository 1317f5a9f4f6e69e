import { commandLine } from '../command-line.js';
import { runMain } from '../failure.js';
import { dataFolder } from '../start/data-folder.js';
import { dataDirOf } from '../start/options.js';
import { stopSystem } from '../start/stop.js';

/** `npm run stop [-- --data DIR]` */
await runMain(async () => {
  const { values } = commandLine({ options: { data: { type: 'string' } } });
  const ended = await stopSystem(dataFolder(dataDirOf(values.data)));
  console.log(ended.length > 0 ? `stopped ${ended.join(', ')}` : 'nothing was running');
});
