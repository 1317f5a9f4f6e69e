import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { measureOpenCheckouts } from './metrics.js';

describe('the metrics of checkouts', () => {
  const registry = new Registry();
  measureOpenCheckouts({ registry }, { open: () => Promise.resolve({ open: 3, oldestSeconds: 12.5, refusedRefunds: 1 }) });

  it('are read when they are scraped', async () => {
    const figures = (await registry.getMetricsAsJSON()).map(({ name, values }) => [
      name,
      (values as readonly { value: number }[])[0]?.value,
    ]);
    expect(Object.fromEntries(figures)).toEqual({
      order_checkouts_open: 3,
      order_checkouts_oldest_age_seconds: 12.5,
      order_refunds_refused: 1,
    });
  });

  it('are no numbers while the database is away, and the scrape is answered', async () => {
    const away = new Registry();
    measureOpenCheckouts({ registry: away }, { open: () => Promise.reject(new Error('the database is away')) });
    expect(await away.metrics()).toContain('order_refunds_refused Nan');
  });

  it('are what the alert rules name', () => {
    const named = [...readFileSync('deploy/prometheus/alerts-checkout.yml', 'utf8').matchAll(/expr: max\((\w+)\)/g)].map(
      ([, name]) => name,
    );
    const served = registry.getMetricsAsArray().map(({ name }) => name);
    expect(named.filter((name) => !served.includes(name ?? ''))).toEqual([]);
    expect(named).toHaveLength(2);
  });
});
