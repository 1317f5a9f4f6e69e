import { overload } from '../overload/overload.js';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { overloadVerdict } from '../system/verdicts.js';

/**
 * `npm run overload -- [--seconds 60] [--times 10] [--goodput 0.85] [--p99 2] [--refusal 50 (ms)] [--calm 5 (s)] [-- options of npm start]`: many times the load that can be served; what is accepted is served
 * well, the rest is refused early and told when to come back. Exit 1 when one of these limits is not kept.
 */
const { values, startOptions } = commandLineOfStart({ seconds: 60, times: 10, goodput: 0.85, p99: 2, refusal: 50, calm: 5 });
const report = await overload({ seconds: values.seconds, times: values.times, startOptions: ['--no-seed', ...startOptions] }, console.log);
const { figure, wrong } = overloadVerdict(report, {
  goodput: values.goodput,
  p99: values.p99,
  refusalMs: values.refusal,
  calmMs: values.calm * 1_000,
});
conclude(figure, wrong);
