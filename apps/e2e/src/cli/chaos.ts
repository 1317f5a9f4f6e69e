import { chaos } from '../chaos/chaos.js';
import { commandLine } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';

/** `npm run chaos -- [--orders 500] [--seed 1] [--log kafka|postgres] [--shoppers 8] [--kill-every 2000]`. Exit 1 when anything is wrong. */
const values = commandLine({ orders: 500, seed: 1, log: ['kafka', 'postgres'], shoppers: 8, 'kill-every': 2000 });
const options = {
  orders: values.orders,
  seed: values.seed,
  kafka: values.log === 'kafka',
  shoppers: values.shoppers,
  killEveryMs: values['kill-every'],
  drainMs: 60_000,
};
console.log(`chaos: ${JSON.stringify(options)}`);
const report = await chaos(options, (line) => console.log(line));
const kills = (of: string): number => report.kills.filter((name) => name === of).length;
const faults = [...report.faults, ...(report.accepted === 0 ? ['no order was accepted'] : [])];
conclude(
  `${report.accepted} orders accepted, ${report.declined} declined, ${report.givenUp} given up (${report.visitsPerSecond.toFixed(1)} per s), ${report.besides.orders} orders told by webhook in order, ${report.besides.pictures} pictures made, ${report.kills.length} kills (${kills('postgres')} PostgreSQL, ${kills('kafka')} Kafka), drained ${report.drainedAfterMs === null ? 'never' : `${(report.drainedAfterMs / 1000).toFixed(1)} s`} after the last, ${faults.length} faults, ${report.seconds} s`,
  faults,
);
