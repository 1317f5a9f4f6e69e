import { commandLine, WrongUsage } from '../command-line.js';
import { runMain } from '../failure.js';
import { runJourneysOn, runtimes } from '../testing/journeys.js';

/** `node tools/run.mjs journeys <runtime>`: the journeys on a system of their own. */
await runMain(async () => {
  const [runtime = ''] = commandLine({ allowPositionals: true }).positionals;
  if (!(runtime in runtimes)) throw new WrongUsage(`journeys: got "${runtime}", wants one of ${Object.keys(runtimes).join(', ')}.`);
  if (!(await runJourneysOn(runtime, process.env))) process.exitCode = 1;
});
