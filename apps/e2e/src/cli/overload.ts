import { parseArgs } from 'node:util';
import { overload } from '../overload/overload.js';
import { conclude } from '../system/conclude.js';
import { overloadVerdict } from '../system/verdicts.js';

/**
 * `npm run overload -- [--seconds 60] [--times 10] [--goodput 0.85] [--p99 2] [--refusal 50 (ms)] [--calm 5 (s)] [-- options of npm start]`: many times the load that can be served; what is accepted is served
 * well, the rest is refused early and told when to come back. Exit 1 when one of these limits is not kept.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    times: { type: 'string', default: '10' },
    goodput: { type: 'string', default: '0.85' },
    p99: { type: 'string', default: '2' },
    refusal: { type: 'string', default: '50' },
    calm: { type: 'string', default: '5' },
  },
});
const report = await overload(
  { seconds: Number(values.seconds), times: Number(values.times), startOptions: ['--no-seed', ...positionals] },
  console.log,
);
const { figure, wrong } = overloadVerdict(report, {
  goodput: Number(values.goodput),
  p99: Number(values.p99),
  refusalMs: Number(values.refusal),
  calmMs: Number(values.calm) * 1_000,
});
conclude(figure, wrong);
