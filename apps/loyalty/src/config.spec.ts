import { loadLoyaltyConfig } from './config.js';

describe('the configuration of loyalty', () => {
  it('makes points available with the delivery, in every mode, unless a return window is set', () => {
    expect(loadLoyaltyConfig({ TANDEM_MODE: 'production' })).toEqual({ returnDays: 0 });
    expect(loadLoyaltyConfig({ TANDEM_MODE: 'development' })).toEqual({ returnDays: 0 });
    expect(loadLoyaltyConfig({ TANDEM_MODE: 'production', LOYALTY_RETURN_DAYS: '14' })).toEqual({ returnDays: 14 });
  });

  it('refuses what is no number of days', () => {
    for (const LOYALTY_RETURN_DAYS of ['-1', '366', '1.5', 'two'])
      expect(() => loadLoyaltyConfig({ LOYALTY_RETURN_DAYS })).toThrow('LOYALTY_RETURN_DAYS');
  });
});
