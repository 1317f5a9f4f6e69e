import { crashEverywhere } from '../crash/crash-points.js';
import { commandLine } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';

/** `npm run crash-points -- [--log kafka|postgres] [--only REGEXP] [--every N]`. Exit 1 when anything is wrong, or when fewer than 95 % of the points were reached again. */
const values = commandLine({ log: ['postgres', 'kafka'], only: '', every: 1 });
const report = await crashEverywhere({ kafka: values.log === 'kafka', only: new RegExp(values.only), every: values.every }, (line) =>
  console.log(line),
);
const faults = [
  ...report.faults,
  ...(report.reached < report.points * 0.95 || report.points === 0
    ? [`only ${report.reached} of ${report.points} crash points were reached`]
    : []),
];
conclude(
  `died at ${report.reached} of ${report.points} crash points (${report.missed.length} not reached again while armed${report.missed.length === 0 ? '' : `: ${report.missed.join('; ')}`}), ${faults.length} faults, ${report.seconds} s`,
  faults,
);
