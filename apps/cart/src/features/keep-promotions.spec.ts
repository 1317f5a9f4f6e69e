import type { cartV1 } from '@tandem/contracts';
import { newUuid, toPublicId } from '@tandem/host';
import { createSpecDatabase, type SpecDatabase } from '@tandem/host/testing';
import { pgPromotionClaims } from '../adapters/pg-promotion-claims.js';
import { pgPromotions } from '../adapters/pg-promotions.js';
import { aCaller, problemOf, wire } from '../spec-shop.js';
import { ClaimPromotion } from './claim-promotion.js';
import { KeepPromotionsGrpc } from './keep-promotions.grpc.js';
import { KeepPromotions } from './keep-promotions.js';
import { seedPromotions } from './seed-promotions.js';

describe('promotions, as staff keeps them', () => {
  let db: SpecDatabase;
  let staff: KeepPromotionsGrpc;
  let claims: ClaimPromotion;

  beforeAll(async () => {
    db = await createSpecDatabase('cart');
    staff = new KeepPromotionsGrpc(new KeepPromotions(db.database, pgPromotions(db.database)));
    claims = new ClaimPromotion(db.database, pgPromotionClaims(db.database));
  });
  beforeEach(() => db.pool.query('TRUNCATE promotion CASCADE'));
  afterAll(() => db.drop());

  const effect = (kind: string, more: Partial<cartV1.PromotionEffect> = {}): cartV1.PromotionEffect => ({
    kind,
    basisPoints: 0,
    amounts: [],
    buy: 0,
    get: 0,
    ...more,
  });
  const terms = (change: Partial<cartV1.PromotionTerms> = {}): cartV1.PromotionTerms => ({
    code: 'spring-5',
    title: 'Spring',
    effect: effect('percentage', { basisPoints: 500 }),
    conditions: undefined,
    isActive: true,
    ...change,
  });
  const none = { categories: [], minimum: [], firstOrderOnly: false };

  it('are kept as they were said, the code in capitals', async () => {
    const said = [
      terms({ conditions: { categories: ['home', 'food'], minimum: [wire(2_000), wire(2_500, 'USD')], firstOrderOnly: true } }),
      terms({
        code: 'OFF',
        effect: effect('amount', { amounts: [wire(500), wire(1_000, 'BHD')] }),
        startsAt: '2026-01-01T00:00:00.000Z',
        endsAt: '2026-02-01T00:00:00.000Z',
        usageLimit: 10,
        customerLimit: 1,
      }),
      terms({ code: '3FOR2', effect: effect('buy-x-get-y', { buy: 2, get: 1 }), isActive: false }),
      terms({ code: 'SHIP', effect: effect('free-shipping') }),
    ];
    for (const promotion of said) await staff.create(promotion, aCaller());
    const kept = await Promise.all(said.map(({ code }) => staff.get({ code })));
    expect(kept).toEqual(
      said.map((promotion) => ({
        terms: { ...promotion, conditions: promotion.conditions ?? none, code: promotion.code.toUpperCase() },
        used: 0,
        createdAt: expect.any(String),
      })),
    );
  });

  it('are refused where they make no sense, each field by its name', async () => {
    const pointers = async (change: Partial<cartV1.PromotionTerms>) =>
      ((await problemOf(staff.create(terms(change), aCaller())))['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(await pointers({ code: 'not a code' })).toEqual(['/code']);
    expect(await pointers({ effect: effect('magic') })).toEqual(['/effect/kind']);
    expect(await pointers({ effect: effect('percentage', { basisPoints: 10_001 }) })).toEqual(['/effect/basisPoints']);
    expect(await pointers({ effect: effect('amount') })).toEqual(['/effect/amounts']);
    expect(await pointers({ effect: effect('amount', { amounts: [wire(1), wire(2)] }) })).toEqual(['/effect/amounts']);
    expect(await pointers({ startsAt: '2026-02-01T00:00:00Z', endsAt: '2026-02-01T00:00:00Z' })).toEqual(['/endsAt']);
    expect(await pointers({ usageLimit: 0, customerLimit: -1 })).toEqual(['/usageLimit', '/customerLimit']);
  });

  it('have a code of their own, made once per idempotency key', async () => {
    const keyed = aCaller(undefined, newUuid());
    const first = await staff.create(terms(), keyed);
    expect(await staff.create(terms(), keyed)).toEqual(first);
    expect(await problemOf(staff.create(terms(), aCaller()))).toEqual({
      code: 'promotion-code-taken',
      detail: 'PUT /admin/v1/promotions/SPRING-5 changes it; or take another code',
    });
  });

  it('can be said anew, but for what is used already', async () => {
    await staff.create(terms({ usageLimit: 5 }), aCaller());
    for (const _ of [1, 2, 3]) await claims.claim({ orderId: newUuid(), code: 'SPRING-5', ownerId: newUuid() });
    expect(await staff.replace(terms({ title: 'Less', usageLimit: 1 }))).toMatchObject({
      terms: { title: 'Less', usageLimit: 3 },
      used: 3,
    });
    expect(await problemOf(staff.replace(terms({ code: 'NONE' })))).toEqual({ code: 'not-found' });
  });

  it('go away, unless an order has used them', async () => {
    await staff.create(terms(), aCaller());
    await staff.create(terms({ code: 'USED' }), aCaller());
    await claims.claim({ orderId: newUuid(), code: 'USED', ownerId: newUuid() });
    await staff.remove({ code: 'spring-5' });
    expect(await problemOf(staff.remove({ code: 'SPRING-5' }))).toEqual({ code: 'not-found' });
    expect(await problemOf(staff.remove({ code: 'USED' }))).toMatchObject({ code: 'promotion-in-use' });
  });

  it('are listed newest first, page by page', async () => {
    for (const code of ['P1', 'P2', 'P3']) await staff.create(terms({ code }), aCaller());
    const first = await staff.list({ limit: 2, cursor: '' });
    const second = await staff.list({ limit: 2, cursor: first.nextCursor });
    expect([first, second].map(({ promotions }) => promotions.map((promotion) => promotion.terms?.code))).toEqual([['P3', 'P2'], ['P1']]);
    expect(second.nextCursor).toBe('');
    expect(await problemOf(staff.list({ limit: 2, cursor: toPublicId('order', newUuid()) }))).toEqual({
      code: 'bad-cursor',
      detail: 'send the nextCursor of the page before as it is, or no cursor for the first page',
    });
  });

  it('of a development shop are there, and stay as staff left them', async () => {
    const store = pgPromotions(db.database);
    await seedPromotions(db.database, store);
    await staff.replace(terms({ code: 'WELCOME10', isActive: false }));
    await seedPromotions(db.database, store);
    expect(
      (await staff.list({ limit: 10, cursor: '' })).promotions.map((promotion) => [promotion.terms?.code, promotion.terms?.isActive]),
    ).toEqual([
      ['FREESHIP', true],
      ['WELCOME10', false],
    ]);
  });
});
