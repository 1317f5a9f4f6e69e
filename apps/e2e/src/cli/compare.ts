import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { compare, shown } from '../bench/compare.js';
import { commandLineOfStart } from '../system/command-line.js';
import { startScriptOf } from '../system/launch.js';

/**
 * `npm run compare -- --against DIR [--only TEXT] [--rounds 12] [--operations 200] [-- options of npm start]`: this version and the one built in DIR, another clone, do what the bench
 * does, in turn; prints how many times as much CPU this one takes. `--only`: the operations whose name has this text.
 */
const { values, startOptions } = commandLineOfStart({ against: '', only: '', rounds: 12, operations: 200 });
const against = resolve(values.against);
if (!values.against) refuse('--against is missing: the folder of another clone, built.');
if (!existsSync(startScriptOf(against))) refuse(`--against: nothing is built in ${against}. Run \`npm run build\` there.`);
if (values.rounds < 2) refuse(`--rounds got ${values.rounds}, wants 2 or more: one pair shows no spread.`);

const table = await compare({ ...values, against, startOptions }, (line) => console.error(line));
if (table.length === 0) refuse(`--only: no operation has "${values.only}" in its name.`);
console.log(`| operation | shoppers | CPU ms there | here, times as much | of PostgreSQL, times as much |
|---|---|---|---|---|
${table.map(({ operation, shoppers, otherCpuMs, all, database }) => `| ${operation} | ${shoppers} | ${otherCpuMs.toFixed(2)} | ${shown(all)} | ${shown(database)} |`).join('\n')}

The mean of ${values.rounds} pairs taken in turn, with its bounds (two standard errors). Bounds with 1 between them show no difference.`);
process.exit(0);

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}
