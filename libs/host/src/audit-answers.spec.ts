import type { Statement } from '@tandem/kernel';
import { AuditAnswers } from './audit-answers.js';
import type { AuditFacts, AuditSubjects } from './audit-facts.js';
import { newUuid, toPublicId } from './ids.js';
import { createSpecDatabase, type SpecDatabase } from './testing/index.js';

const nothing: AuditSubjects = { orders: [], variants: [] };
const nobody = { closedSince: async () => [] };
const facts = (rest: Partial<AuditFacts> = {}): AuditFacts => ({
  page: async () => ({ facts: [], nextCursor: '' }),
  of: async () => [],
  changedSince: async () => nothing,
  ...rest,
});
const request = { cursor: '', limit: 0, subjects: [], changedSince: '' };
const write: Statement = { name: 'spec_write', text: 'INSERT INTO written (id) VALUES ($1)' };
const read: Statement = { name: 'spec_read', text: 'SELECT id FROM written WHERE at >= $1' };

describe('what a service answers the auditor', () => {
  let db: SpecDatabase;
  beforeAll(async () => {
    db = await createSpecDatabase('payment');
    await db.pool.query('CREATE TABLE written (id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())');
  });
  afterAll(() => db.drop());

  const answers = (source: Partial<AuditFacts> = {}) =>
    new AuditAnswers({ facts: facts(source), database: db.database, deadLetters: nobody });

  it('says until when it has told everything: before the transactions that are still under way', async () => {
    const orderId = newUuid();
    const changedSince = async (since: Date) => ({
      orders: (await db.database.query<{ id: string }>(read, [since])).map(({ id }) => id),
      variants: [],
    });
    const auditor = answers({ changedSince });
    const late = await db.pool.connect();
    await late.query('BEGIN');
    await late.query(write.text, [orderId]);
    const before = await auditor.answer({ ...request, changedSince: '2026-01-01T00:00:00Z' });
    expect(before.changed).toEqual([]);
    await late.query('COMMIT');
    late.release();
    const after = await auditor.answer({ ...request, changedSince: before.asOf });
    expect(after.changed).toEqual([toPublicId('order', orderId)]);
    expect(new Date(after.asOf) > new Date(before.asOf)).toBe(true);
    expect((await auditor.answer({ ...request, changedSince: after.asOf })).changed).toEqual([]);
  });

  it('names orders, variants, and orders of which a message was settled', async () => {
    const [orderId, variantId, settled] = [newUuid(), newUuid(), toPublicId('order', newUuid())];
    const source = facts({ changedSince: async () => ({ orders: [orderId], variants: [variantId] }) });
    const deadLetters = { closedSince: async () => [settled, 'no order'] };
    const { changed, tooMany } = await new AuditAnswers({ facts: source, database: db.database, deadLetters }).answer({
      ...request,
      changedSince: '2026-01-01T00:00:00Z',
    });
    expect(tooMany).toBe(false);
    expect(changed).toEqual([toPublicId('order', orderId), toPublicId('variant', variantId), settled]);
  });

  it('says that it is too much instead of telling a part', async () => {
    const changedSince = async (_since: Date, most: number) => ({ orders: Array.from({ length: most }, newUuid), variants: [] });
    const page = await answers({ changedSince }).answer({ ...request, changedSince: '2026-01-01T00:00:00Z' });
    expect([page.tooMany, page.changed]).toEqual([true, []]);
    const settled = {
      closedSince: async (_since: Date, most: number) => Array.from({ length: most }, (_, number) => `no order ${number}`),
    };
    const sources = { facts: facts(), database: db.database, deadLetters: settled };
    const many = await new AuditAnswers(sources).answer({ ...request, changedSince: '2026-01-01T00:00:00Z' });
    expect([many.tooMany, many.changed]).toEqual([true, []]);
  });

  it('tells of some orders and variants by their ids', async () => {
    const [orderId, variantId] = [newUuid(), newUuid()];
    const asked: AuditSubjects[] = [];
    const of = async (subjects: AuditSubjects) => {
      asked.push(subjects);
      return [];
    };
    const subjects = [toPublicId('variant', variantId), toPublicId('order', orderId)];
    const { asOf } = await answers({ of }).answer({ ...request, subjects });
    expect(asked).toEqual([{ orders: [orderId], variants: [variantId] }]);
    expect(asOf).toMatch(/Z$/);
  });

  it('tells of an order whose id somebody wrote by hand, and which is of no version of UUID', async () => {
    const byHand = '11111111-2222-0333-4444-555555555555';
    const subject = toPublicId('order', byHand);
    const of = async ({ orders }: AuditSubjects) => [{ kind: 'order.open', subject: orders.join(), detail: '', at: '', rows: [] }];
    const deadLetters = { closedSince: async () => [subject] };
    const auditor = new AuditAnswers({ facts: facts({ of }), database: db.database, deadLetters });
    const { changed } = await auditor.answer({ ...request, changedSince: '2026-01-01T00:00:00Z' });
    expect(changed).toEqual([subject]);
    expect((await auditor.answer({ ...request, subjects: changed })).facts).toEqual([expect.objectContaining({ subject: byHand })]);
  });

  it.each([
    { ...request, changedSince: 'yesterday' },
    { ...request, subjects: ['cus_01h455vb4pex5vsknk084sn02q'] },
    { ...request, subjects: Array.from({ length: 1_001 }, () => toPublicId('order', newUuid())) },
  ])('refuses what it cannot read', async (wrong) => {
    await expect(answers().answer(wrong)).rejects.toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'validation-failed' }) }),
    );
  });

  it('has nothing to tell of a service that holds no facts, and says until when all the same', async () => {
    const page = await new AuditAnswers({ facts: undefined, database: undefined, deadLetters: undefined }).answer(request);
    expect(page).toEqual({ facts: [], nextCursor: '', changed: [], tooMany: false, asOf: expect.stringMatching(/Z$/) });
  });
});
