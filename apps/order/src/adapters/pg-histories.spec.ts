import { newUuid } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgHistories } from './pg-histories.js';

describe('histories in PostgreSQL', () => {
  let spec: SpecDatabase;

  beforeAll(async () => {
    spec = await createSpecDatabase('order');
  }, 30_000);
  afterAll(() => spec.drop());

  it('reads several histories in one look, each after its own position', async () => {
    const [long, short] = [newUuid(), newUuid()];
    for (const id of [long, short]) {
      await spec.pool.query(
        `INSERT INTO orders (id, number, owner_id, cart_id, status, email, locale, currency, subtotal, shipping, tax, discount, total, lines, address, shipping_option, created_at)
        VALUES ($1::uuid, substr(md5($1::text), 1, 8), $1::uuid, $1::uuid, 'pending', 'a@tandem.example', 'en', 'EUR', 1, 0, 0, 0, 1, '[]', '{}', '{}', now())`,
        [id],
      );
      await spec.pool.query(`INSERT INTO order_history SELECT $1::uuid, n, 'step.' || n, now(), '{"n":1}' FROM generate_series(1, 5) n`, [
        id,
      ]);
    }
    const lines = await pgHistories(spec.database).read(
      [
        { order: long, after: 0 },
        { order: short, after: 4 },
        { order: newUuid(), after: 0 },
      ],
      3,
    );
    const seen = lines.map(({ order, sequence, type }) => ({ order, sequence, type }));
    expect(seen.filter(({ order }) => order === long)).toEqual(
      [1, 2, 3].map((sequence) => ({ order: long, sequence, type: `step.${sequence}` })),
    );
    expect(seen.filter(({ order }) => order === short)).toEqual([{ order: short, sequence: 5, type: 'step.5' }]);
  });
});
