import { commandLine, verbOf, WrongUsage } from '../command-line.js';
import { runMain } from '../failure.js';
import { type ListedSchedule, scheduleLine } from '../schedule-line.js';
import { signInAsStaff } from '../staff-api.js';

const usage = `npm run schedules [-- list]                                   what the services do by themselves: last run, next run, paused or not
npm run schedules -- pause|resume|run SERVICE NAME --why TEXT   on all replicas; run: once, even while paused
Where: --url URL, else the system of --data DIR. Who: TANDEM_STAFF_EMAIL and TANDEM_STAFF_PASSWORD, in development the demo account.`;

/** `silent`: services that did not answer. */
type Listed = { readonly data: readonly ListedSchedule[]; readonly silent: readonly string[] };

/** Sweepers and other recurring work, over the storefront's operations API. */
await runMain(async () => {
  const { values, positionals } = commandLine({
    allowPositionals: true,
    options: { url: { type: 'string' }, data: { type: 'string' }, why: { type: 'string' } },
  });
  const steered = ['SERVICE', 'NAME'];
  const verb = verbOf(positionals.length > 0 ? positionals : ['list'], { list: [], pause: steered, resume: steered, run: steered }, usage);
  const [, service, name] = positionals;
  if (verb !== 'list' && !values.why) throw new WrongUsage(`${verb}: wants --why, which is kept with the schedule`);
  const ask = await signInAsStaff({ url: values.url, data: values.data }, process.env);
  if (verb === 'list') return print((await ask('GET', '/ops/v1/schedules')) as unknown as Listed);
  const steeredNow = await ask('POST', `/ops/v1/schedules/${service}/${name}/${verb}`, { reason: values.why });
  print({ data: [steeredNow as unknown as ListedSchedule], silent: [] });
});

function print({ data, silent }: Listed): void {
  for (const schedule of data) console.log(scheduleLine(schedule, new Date()));
  if (silent.length > 0) console.log(`No answer from ${silent.join(', ')}: what they do by themselves is not shown.`);
}
