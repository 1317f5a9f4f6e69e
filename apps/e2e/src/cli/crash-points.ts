import { crashEverywhere } from '../crash/crash-points.js';
import { commandLine } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';

/** `npm run crash-points -- [--log kafka|postgres] [--only REGEXP] [--every N]`. Exit 1 when anything is wrong, or when a point that was learnt was not reached again. */
const values = commandLine({ log: ['postgres', 'kafka'], only: '', every: 1 });
const report = await crashEverywhere({ kafka: values.log === 'kafka', only: new RegExp(values.only), every: values.every }, (line) =>
  console.log(line),
);
const faults = [
  ...report.faults,
  ...report.missed.map((point) => `"${point}" was not reached again while armed`),
  ...(report.points === 0 ? ['no crash point was learnt'] : []),
];
conclude(`died at ${report.reached} of ${report.points} crash points, ${faults.length} faults, ${report.seconds} s`, faults);
