import { photo } from '../client/photo.js';
import { expecting } from '../client/shopper.js';
import { until } from '../client/until.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { median } from '../system/figures.js';
import { inParallel, numbers } from '../system/in-parallel.js';
import { onSystem, type Stand } from '../system/on-system.js';
import { outageOf } from '../system/outage.js';

/**
 * `npm run media-workers -- [--pictures 12] [--rounds 3] [--pixels 2000 (1920 or more)] [--at-least 1.3] [-- options of npm start]`: so many pictures are uploaded at once and made into renditions by one worker, then
 * as many others by two, in turn. Every picture has all its renditions once; two workers make at least so many times as many (medians over the rounds). Wants two free cores. About 5 minutes.
 */
const { values, startOptions } = commandLineOfStart({ pictures: 12, rounds: 3, pixels: 2000, 'at-least': 1.3 });
const { pictures, rounds, pixels, 'at-least': atLeast } = values;
const perSecond = { one: [] as number[], two: [] as number[] };
const workers = ['media', 'media-2'];
const patienceMs = 300_000;

const found = await onSystem(['--replicas', 'media=2', ...startOptions], async (stand) => {
  for (let round = 1; round <= rounds; round += 1) {
    const outage = await outageOf(stand.system, workers[round % 2] ?? '');
    await throughputOf(stand, workers.length); // the one that is left takes over what the other had, and starts its process
    perSecond.one.push(await throughputOf(stand, pictures));
    const before = new Set(stand.system.pids().values());
    outage.end();
    await until('the second worker', async () => workers.some((worker) => !before.has(stand.system.pids().get(worker) ?? 0)), 60_000);
    await until('the shop to be whole again', async () => (await stand.shop('GET', '/readyz')).status === 200, 60_000);
    await throughputOf(stand, 2 * workers.length);
    perSecond.two.push(await throughputOf(stand, pictures));
    console.log(`round ${round}: ${perSecond.one.at(-1)?.toFixed(2)} pictures/s by one, ${perSecond.two.at(-1)?.toFixed(2)} by two`);
  }
});
const ratio = median(perSecond.two) / median(perSecond.one);
const wrong = [...found, ...(ratio >= atLeast ? [] : [`two workers make × ${ratio.toFixed(2)}, wants ${atLeast}`])];
conclude(
  `pictures of ${pixels} × ${pixels * 0.75} made by one worker ${median(perSecond.one).toFixed(2)}/s, by two ${median(perSecond.two).toFixed(2)}/s: × ${ratio.toFixed(2)} (aim ${atLeast}; medians of ${rounds} interleaved rounds of ${pictures}); ${wrong.length} wrong`,
  wrong,
);

/** Pictures a second, from the first upload to the end of the last job. */
async function throughputOf({ shop, clerk, wrong: faults }: Stand, count: number): Promise<number> {
  const files = await inParallel(numbers(count), 1, () => photo(pixels, pixels * 0.75));
  const begun = performance.now();
  const uploads = await inParallel(
    files,
    4,
    async (raw) =>
      expecting(202, await shop('POST', '/admin/v1/media', { token: clerk.token, raw, headers: { 'content-type': 'image/jpeg' } }))
        .body as { mediaId: string; job: { id: string } },
  );
  for (const { job } of uploads)
    await until(
      `the end of ${job.id}`,
      async () => ['done', 'failed', 'cancelled'].includes((await clerk.ask('GET', `/v1/jobs/${job.id}`)).body.state),
      patienceMs,
    );
  const seconds = (performance.now() - begun) / 1_000;
  for (const { mediaId } of uploads) {
    const { state, renditions } = (await clerk.ask('GET', `/admin/v1/media/${mediaId}`)).body as {
      state: string;
      renditions: readonly { url: string }[];
    };
    if (state !== 'ready' || new Set(renditions.map(({ url }) => url)).size !== 12)
      faults.push(`${mediaId} is ${state} with ${renditions?.length} renditions`);
  }
  return count / seconds;
}
