import { pruneKeys } from './prune-keys.js';
import { createSpecDatabase, type SpecDatabase } from './testing/index.js';

describe('old idempotency keys', () => {
  let spec: SpecDatabase;
  beforeAll(async () => void (spec = await createSpecDatabase('host')));
  afterAll(() => spec.drop());

  it('are forgotten after their 48 hours, however many they are, and no earlier', async () => {
    await spec.pool.query(`INSERT INTO platform.idempotency_key (principal, key, request_hash, kind, outcome, request_id, created_at)
      SELECT 'p', n::text, '', 'reply', '{}', 'r', now() - CASE WHEN n <= 2500 THEN interval '48 hours 1 minute' ELSE interval '47 hours 59 minutes' END FROM generate_series(1, 2503) AS n`);
    expect(await pruneKeys(spec.database)).toBe(2_500);
    expect(await pruneKeys(spec.database)).toBe(0);
    expect((await spec.pool.query('SELECT count(*)::int AS kept FROM platform.idempotency_key')).rows).toEqual([{ kept: 3 }]);
  });
});
