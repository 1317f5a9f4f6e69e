import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { countFailed } from './metrics.js';

describe('the metric of jobs that have failed', () => {
  it('counts them by why, and is what the alert rule names', async () => {
    const registry = new Registry();
    const count = countFailed(registry);
    for (const failure of ['lost', 'rendering-failed', 'lost']) count(failure);
    const rules = readFileSync('deploy/prometheus/alerts-jobs.yml', 'utf8');
    const [name = '', ...others] = new Set(rules.match(/\w+_total/g));
    expect(others).toEqual([]);
    const values = (await registry.getSingleMetric(name)?.get())?.values;
    expect(values?.map(({ labels, value }) => [labels['failure'], value])).toEqual([
      ['lost', 2],
      ['rendering-failed', 1],
    ]);
  });
});
