import { parseArgs } from 'node:util';
import { overload } from '../overload/overload.js';
import { conclude } from '../system/conclude.js';

/** `npm run overload -- [--seconds 60] [--times 10] [-- options of npm start]`: many times the load that can be served; what is accepted is served well. */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { seconds: { type: 'string', default: '60' }, times: { type: 'string', default: '10' } } });
const report = await overload({ seconds: Number(values.seconds), times: Number(values.times), startOptions: ['--no-seed', ...positionals] }, console.log);
const { sustained, overloaded, afterwards } = report;
/** Of both sides together: the machine may have become slower or faster meanwhile. */
const usual = { perSecond: (sustained.perSecond + afterwards.perSecond) / 2, p99: (sustained.p99 + afterwards.p99) / 2 };
const wrong = [sustained, overloaded, afterwards].flatMap(({ others }) => others.map((other) => `answered ${other}`));
if (report.refusalsWithoutRetryAfter > 0) wrong.push(`${report.refusalsWithoutRetryAfter} refusals without Retry-After`);
conclude(
  `goodput ${((overloaded.perSecond / usual.perSecond) * 100).toFixed(0)} % of what it sustains before and after (aim 85), p99 of the accepted × ${(overloaded.p99 / usual.p99).toFixed(2)} (aim 2); ` +
    `99 of 100 refusals in ≤ ${report.refusalP99Ms} ms of the server's time (aim 50); calm ${(report.calmAfterMs / 1_000).toFixed(1)} s after (aim 5)`,
  wrong,
);
