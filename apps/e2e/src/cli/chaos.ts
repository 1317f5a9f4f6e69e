import { parseArgs } from 'node:util';
import { chaos } from '../chaos/chaos.js';

/** `npm run chaos -- [--orders 500] [--seed 1] [--log kafka|postgres] [--shoppers 8] [--kill-every 2000]`. Exit 1 when anything is wrong. */
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    log: { type: 'string', default: 'kafka' },
    shoppers: { type: 'string', default: '8' },
    'kill-every': { type: 'string', default: '2000' },
  },
});
const options = { orders: Number(values.orders), seed: Number(values.seed), kafka: values.log === 'kafka', shoppers: Number(values.shoppers), killEveryMs: Number(values['kill-every']), drainMs: 60_000 };
console.log(`chaos: ${JSON.stringify(options)}`);
const report = await chaos(options, (line) => console.log(line));
console.log(`accepted ${report.accepted}, declined ${report.declined}, kills ${report.kills.length} (${report.kills.join(' ')})`);
console.log(`drained after ${report.drainedAfterMs === null ? 'never' : `${(report.drainedAfterMs / 1000).toFixed(1)} s`}, whole run ${report.seconds} s, seed ${options.seed}`);
for (const fault of report.faults.slice(0, 50)) console.log(`FAULT ${fault}`);
console.log(report.faults.length === 0 ? 'every accepted order has its effects exactly once' : `${report.faults.length} faults`);
process.exit(report.faults.length === 0 && report.accepted > 0 ? 0 : 1);
