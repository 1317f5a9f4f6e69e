import { commandLine, verbOf, WrongUsage } from '../command-line.js';
import { runMain } from '../failure.js';
import { signInAsStaff } from '../staff-api.js';

const usage = `npm run schedules [-- list]                                   what the services do by themselves: last run, next run, paused or not
npm run schedules -- pause|resume|run SERVICE NAME --why TEXT   on all replicas; run: once, even while paused
Where: --url URL, else the system of --data DIR. Who: TANDEM_STAFF_EMAIL and TANDEM_STAFF_PASSWORD, in development the demo account.`;

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
  if (verb === 'list') return print((await ask('GET', '/ops/v1/schedules'))['data'] as readonly Record<string, unknown>[]);
  print([await ask('POST', `/ops/v1/schedules/${service}/${name}/${verb}`, { reason: values.why })]);
});

function print(schedules: readonly Record<string, unknown>[]): void {
  for (const { service, name, everyMs, lastRunAt, lastMs, lastError, nextRunAt, pausedAt } of schedules) {
    const next = pausedAt === null ? `next ${String(nextRunAt)}` : `paused since ${String(pausedAt)}`;
    console.log(
      [
        String(service),
        String(name),
        `every ${Number(everyMs) / 1_000} s`,
        `last ${String(lastRunAt ?? 'never')} (${String(lastMs)} ms)`,
        next,
        String(lastError ?? ''),
      ]
        .join('  ')
        .trimEnd(),
    );
  }
}
