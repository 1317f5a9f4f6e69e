import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '../workspace.js';
import { type StagedScenario, checks, percentile } from './scenario.js';

type Round = { readonly own: number; readonly one: number };

export const hotRow: StagedScenario = {
  name: 'hot-row',
  must: '500 buyers of one variant reserve and take at ≥ 50 % of the rate of 500 buyers of 500 variants',
  logs: ['postgres'],
  async run(stage) {
    const rounds = stage.size({ short: 5, full: 20 });
    const program = join(workspaceRoot, 'apps/inventory/dist/measure-hot-row.js');
    const env = { ...process.env, TEST_DATABASE_URL: stage.db.connectionString };
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', program, String(rounds)], {
      cwd: workspaceRoot,
      env,
      timeout: 150_000,
    });
    const figures = JSON.parse(stdout) as readonly Round[];
    const [own, one] = [figures.map((round) => round.own), figures.map((round) => round.one)].map((values) => percentile(values, 0.5)) as [
      number,
      number,
    ];
    const share = Math.round((100 * one) / own);
    const { faults, expect } = checks();
    expect(share >= 50, `one row keeps ${share} %`);
    return { figure: `${one} of ${own} per s, ${share} % (medians of ${rounds} interleaved rounds)`, faults };
  },
};
