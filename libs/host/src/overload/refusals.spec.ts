import { Registry } from 'prom-client';
import { countRefusals } from './refusals.js';

describe('what a process refuses', () => {
  const registry = new Registry();
  let nowMs = 50;
  const refusals = countRefusals(registry, ['checkout', 'browse'], () => nowMs);

  it('is nothing of what it may refuse before anybody asks', () => {
    expect(refusals.facts()).toEqual({ level: 0, shed: { checkout: 0, browse: 0 } });
  });

  it('is told as a share of what asked in the last second, and in all since it began', async () => {
    for (const isRefused of [true, false, false, false]) refusals.asked('checkout', isRefused);
    nowMs = 999;
    expect(refusals.facts()).toEqual({ level: 0.25, shed: { checkout: 1, browse: 0 } });
    nowMs = 1_000;
    expect(refusals.facts()).toEqual({ level: 0, shed: { checkout: 1, browse: 0 } });
    refusals.asked('browse', true);
    expect(refusals.facts()).toEqual({ level: 1, shed: { checkout: 1, browse: 1 } });
    expect(await registry.metrics()).toMatch(/admission_level 1\n[^]*admission_shed_total\{work="checkout"\} 1/);
  });
});
