import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tandem/host';
import { loadCatalogConfig } from './config.js';

describe('seeding', () => {
  it('is for development, unless it is switched off', () => {
    const seeds = (env: Record<string, string>): boolean => loadCatalogConfig(env).seeds;
    expect([
      seeds({ TANDEM_MODE: 'development' }),
      seeds({ TANDEM_MODE: 'development', TANDEM_SEED: 'off' }),
      seeds({ TANDEM_SEED: 'on' }),
    ]).toEqual([true, false, false]);
    expect(() => loadCatalogConfig({ TANDEM_SEED: 'maybe' })).toThrow(ConfigError);
  });
});
