import type { Rules } from '../rules.js';

/** What the first migration of loyalty writes down. */
export const firstRules: Rules = {
  version: 1,
  validFrom: new Date(0),
  unitsPerPoint: { EUR: 1n, USD: 1n, JPY: 100n, BHD: 1n },
  categoryPercent: new Map(),
  tierPercent: new Map(),
  campaigns: [],
  capPerOrder: null,
  tiers: [
    { name: 'bronze', from: 0n },
    { name: 'silver', from: 500n },
    { name: 'gold', from: 2_000n },
  ],
  tierDays: 365,
  expiryDays: 730,
};
