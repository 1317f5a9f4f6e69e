import { newUuid } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgPromotionClaims } from '../adapters/pg-promotion-claims.js';
import { ClaimPromotion } from './claim-promotion.js';

describe('a promotion with limits', () => {
  let db: SpecDatabase;
  let promotions: ClaimPromotion;

  beforeAll(async () => {
    db = await createSpecDatabase('cart');
    promotions = new ClaimPromotion(db.database, pgPromotionClaims(db.database));
  });
  afterAll(() => db.drop());

  async function aPromotion({
    usageLimit = null,
    customerLimit = null,
    endsAt = null,
    conditions = {},
  }: { usageLimit?: number | null; customerLimit?: number | null; endsAt?: string | null; conditions?: object } = {}) {
    const code = `CODE${newUuid().slice(-12).toUpperCase()}`;
    await db.pool.query(
      `INSERT INTO promotion (id, code, title, effect, usage_limit, customer_limit, ends_at, conditions) VALUES ($1, $2, 'x', '{"kind":"free-shipping"}', $3, $4, $5, $6)`,
      [newUuid(), code, usageLimit, customerLimit, endsAt, conditions],
    );
    return {
      claim: async (ownerId = newUuid(), orderId = newUuid()) => (await promotions.claim({ orderId, code, ownerId })).kind,
      used: async () => (await db.pool.query<{ used: number }>('SELECT used FROM promotion WHERE code = $1', [code])).rows[0]?.used,
    };
  }

  it('is claimed exactly that often, however many orders ask at the same moment', async () => {
    const { claim, used } = await aPromotion({ usageLimit: 5 });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => claim()));
    expect(outcomes.filter((kind) => kind === 'claimed')).toHaveLength(5);
    expect(outcomes.filter((kind) => kind === 'used-up')).toHaveLength(15);
    expect(await used()).toBe(5);
  });

  it('is claimed once by a customer, also when it asks from two carts at the same moment', async () => {
    const { claim } = await aPromotion({ customerLimit: 1 });
    const ownerId = newUuid();
    expect((await Promise.all([claim(ownerId), claim(ownerId), claim()])).sort()).toEqual(['claimed', 'claimed', 'used-up']);
  });

  const firstOrder = { conditions: { firstOrderOnly: true } };

  it('for first orders is claimed by one order of a customer, from however many carts, and with whichever of such promotions', async () => {
    const [one, other, ordinary] = [await aPromotion(firstOrder), await aPromotion(firstOrder), await aPromotion()];
    const ownerId = newUuid();
    const outcomes = await Promise.all([one, one, one, other, other, other].map(({ claim }) => claim(ownerId)));
    expect(outcomes.sort()).toEqual(['claimed', 'gone', 'gone', 'gone', 'gone', 'gone']);
    expect([await one.claim(), await ordinary.claim(ownerId)]).toEqual(['claimed', 'claimed']);
  });

  it('for first orders is free again when the first one let it go, and gone once there is an order', async () => {
    const { claim } = await aPromotion(firstOrder);
    const [ownerId, orderId] = [newUuid(), newUuid()];
    expect([await claim(ownerId, orderId), await claim(ownerId, orderId), await claim(ownerId)]).toEqual(['claimed', 'claimed', 'gone']);
    await promotions.release(orderId);
    await db.pool.query(`INSERT INTO cart (id, owner_id, currency, locale, status) VALUES ($1, $2, 'EUR', 'en', 'open')`, [
      newUuid(),
      ownerId,
    ]);
    const second = newUuid();
    expect(await claim(ownerId, second)).toBe('claimed');
    await promotions.release(second);
    await db.pool.query(`UPDATE cart SET status = 'ordered', order_id = $2 WHERE owner_id = $1`, [ownerId, newUuid()]);
    expect(await claim(ownerId)).toBe('gone');
  });

  it('counts an order once, however often it asks', async () => {
    const { claim, used } = await aPromotion({ usageLimit: 1 });
    const [ownerId, orderId] = [newUuid(), newUuid()];
    expect(await Promise.all([claim(ownerId, orderId), claim(ownerId, orderId)])).toEqual(['claimed', 'claimed']);
    expect(await used()).toBe(1);
  });

  it('is free again once it was released, but not for the order that released it', async () => {
    const { claim, used } = await aPromotion({ usageLimit: 1 });
    const orderId = newUuid();
    await claim(newUuid(), orderId);
    await Promise.all([promotions.release(orderId), promotions.release(orderId)]);
    expect([await used(), await claim(newUuid(), orderId), await claim(), await used()]).toEqual([0, 'gone', 'claimed', 1]);
  });

  it('that is released before it was claimed is gone for that order', async () => {
    const { claim, used } = await aPromotion();
    const orderId = newUuid();
    await promotions.release(orderId);
    expect([await claim(newUuid(), orderId), await used()]).toEqual(['gone', 0]);
  });

  const claimsOf = async (orderId: string) =>
    (await db.pool.query('SELECT state FROM promotion_claim WHERE order_id = $1', [orderId])).rows;

  it('is free again once its order is cancelled; an order without one leaves no trace', async () => {
    const { claim, used } = await aPromotion();
    const [orderId, plain] = [newUuid(), newUuid()];
    await claim(newUuid(), orderId);
    const cancelled = (order: string) => db.database.transaction((tx) => promotions.cancelled(tx, order));
    expect([await cancelled(orderId), await cancelled(orderId), await cancelled(plain)]).toEqual([true, false, false]);
    expect([await used(), await claimsOf(orderId), await claimsOf(plain)]).toEqual([0, [{ state: 'released' }], []]);
  });

  it('forgets after a month who released without a claim, and no claim', async () => {
    const { claim } = await aPromotion();
    const [claimed, old, fresh] = [newUuid(), newUuid(), newUuid()];
    await claim(newUuid(), claimed);
    for (const orderId of [claimed, old, fresh]) await promotions.release(orderId);
    await db.pool.query(`UPDATE promotion_claim SET created_at = now() - interval '31 days' WHERE order_id IN ($1, $2)`, [claimed, old]);
    await promotions.forget();
    expect([await claimsOf(claimed), await claimsOf(old), await claimsOf(fresh)]).toEqual([
      [{ state: 'released' }],
      [],
      [{ state: 'released' }],
    ]);
  });

  it('that has ended or never was is gone', async () => {
    const { claim } = await aPromotion({ endsAt: '2020-01-01' });
    expect([await claim(), (await promotions.claim({ orderId: newUuid(), code: 'NOBODY', ownerId: newUuid() })).kind]).toEqual([
      'gone',
      'gone',
    ]);
  });
});
