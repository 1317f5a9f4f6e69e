import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { firstRules } from '../domain/testing/rules.js';
import { findRulesIn } from './pg-rules.js';

describe('the rules of loyalty', () => {
  const now = new Date('2026-01-02T03:04:05.000Z');
  let db: SpecDatabase;
  beforeAll(async () => {
    db = await createSpecDatabase('loyalty');
  });
  afterEach(() => db.pool.query('DELETE FROM rule_set WHERE version > 1'));
  afterAll(() => db.drop());

  /** A second version, valid since yesterday, with these tiers. */
  const write = (tiers: readonly { readonly name: string; readonly from: number }[]) =>
    db.pool.query(
      `INSERT INTO rule_set (version, valid_from, rules) SELECT 2, '2026-01-01', rules || jsonb_build_object('tiers', $1::jsonb) FROM rule_set`,
      [JSON.stringify(tiers)],
    );
  const found = () => findRulesIn(db.database)(now);

  it('are the first ones in a new shop', async () => {
    expect(await found()).toEqual(firstRules);
  });

  it('are those of the latest version that is valid', async () => {
    await write([{ name: 'member', from: 0 }]);
    expect((await found()).tiers).toEqual([{ name: 'member', from: 0n }]);
  });

  it.each([
    [
      'are out of order',
      [
        { name: 'bronze', from: 0 },
        { name: 'gold', from: 2_000 },
        { name: 'silver', from: 500 },
      ],
    ],
    ['begin above 0', [{ name: 'silver', from: 500 }]],
    [
      'are two from the same points',
      [
        { name: 'bronze', from: 0 },
        { name: 'silver', from: 500 },
        { name: 'gold', from: 500 },
      ],
    ],
  ])('are refused when their tiers %s', async (_what, tiers) => {
    await write(tiers);
    await expect(found()).rejects.toThrow('wants the lowest first, that one from 0, and each from more points than the one before');
  });
});
