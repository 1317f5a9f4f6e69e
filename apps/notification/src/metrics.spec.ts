import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { measureWaitingMails } from './metrics.js';

describe('the metric of mails that wait', () => {
  it('is read when it is scraped, and is what the alert rule names', async () => {
    const registry = new Registry();
    measureWaitingMails({ registry }, { oldestSeconds: () => Promise.resolve(12.5) });
    const named = [...readFileSync('deploy/prometheus/alerts-mail.yml', 'utf8').matchAll(/expr: max\((\w+)\)/g)].map(([, name]) => name);
    const figures = (await registry.getMetricsAsJSON()).map(({ name, values }) => [name, values.map(({ value }) => value)]);
    expect(figures).toEqual(named.map((name) => [name, [12.5]]));
    expect(named).toHaveLength(1);
  });

  it('is not a number while the database is away, and the scrape is answered', async () => {
    const registry = new Registry();
    measureWaitingMails({ registry }, { oldestSeconds: () => Promise.reject(new Error('the database is away')) });
    expect(await registry.metrics()).toContain('notification_mails_oldest_age_seconds Nan');
  });
});
