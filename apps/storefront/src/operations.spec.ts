import { PeerUnavailable, Refusal, toPublicId } from '@tandem/host';
import request from 'supertest';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

const staff = { Authorization: 'Bearer staff:cus_9' };
const order = 'ord_01h455vb4pex5vsknk084sn02q';
const letter = (id: string, group: string) => ({
  id,
  group,
  topic: 'order',
  key: order,
  type: 'order.confirmed.v1',
  reason: 'undeliverable',
  attempts: 2,
  firstFailedAt: '2026-11-21T12:00:00.000Z',
  status: 'dead',
  class: 'poison',
  nextAt: '',
  partition: 3,
  offset: '7',
  sequence: '2',
  actions: [{ at: '2026-11-21T12:05:00.000Z', actor: 'cus_9', action: 'replay', deadLetter: id, why: 'carrier mended' }],
  payload: '{"a":1}',
  headersJson: '{"ce_type":"order.confirmed.v1"}',
  triesJson: '[{"at":"2026-11-21T12:00:00.000Z","error":"no"}]',
});
const away = async (): Promise<never> => {
  throw new PeerUnavailable('loyalty', 14);
};
const acted: unknown[] = [];

/** A service with these dead letters, one page of at most `limit` after the cursor, which is an index. */
function ops(name: string, letters: ReturnType<typeof letter>[]): { name: string; ops: object } {
  const find = async ({ id }: { id: string }) => {
    const found = letters.find((known) => known.id === id);
    if (!found) throw new Refusal('not-found');
    return found;
  };
  return {
    name,
    ops: {
      listConsumers: async () => ({
        consumers: [
          { group: name, topic: 'order', lag: '3', oldestAgeMs: '12', paused: false, parked: '1', isLogSilent: name === 'loyalty' },
        ],
      }),
      getOutbox: async () => ({ service: name, pending: '0', oldestAgeMs: '0', refused: '0', refusedIds: [] }),
      listDeadLetters: async ({ limit, cursor }: { limit: number; cursor: string }) => {
        const from = Number(cursor || '0');
        return { deadLetters: letters.slice(from, from + limit), nextCursor: from + limit < letters.length ? String(from + limit) : '' };
      },
      listAuditFacts: async () => ({ facts: [], nextCursor: '' }),
      listDeadLetterActions: async () => ({
        actions: [{ at: '2026-11-21T12:05:00.000Z', actor: 'cus_9', action: 'discard', deadLetter: 'dl_0', why: name }],
        nextCursor: '',
      }),
      getDeadLetter: find,
      replayDeadLetter: async (given: { id: string }) => {
        acted.push({ service: name, ...given });
        return find(given);
      },
      replayDeadLetters: async (given: object) => {
        acted.push({ service: name, ...given });
        return { matched: letters.length, replayed: letters.length };
      },
    },
  };
}

let storefront: SpecStorefront;
let silent: SpecStorefront;
beforeAll(async () => {
  const services = [
    ops('shipping', [letter('dl_1', 'shipping'), letter('dl_2', 'shipping')]),
    ops('notification', []),
    ops('loyalty', [letter('dl_3', 'loyalty')]),
  ];
  storefront = await startStorefront({ services });
  silent = await startStorefront({
    services: [
      services[0]!,
      { name: 'loyalty', ops: { listConsumers: away, getDeadLetter: away, listAuditFacts: away, listDeadLetters: away } },
    ],
  });
});
afterAll(() => Promise.all([storefront.close(), silent.close()]));

const get = (path: string, of = storefront) => request(of.url).get(path).set(staff);

describe('operations', () => {
  it('gather what every service says, also of an event log that does not answer', async () => {
    const { body } = await get('/ops/v1/consumers');
    expect(body).toEqual({
      data: ['shipping', 'notification', 'loyalty'].map((group) => ({
        group,
        topic: 'order',
        lag: group === 'loyalty' ? null : 3,
        oldestAgeMs: group === 'loyalty' ? null : 12,
        paused: false,
        parked: 1,
      })),
      silent: [],
    });
    expect((await get('/ops/v1/outbox')).body.data).toHaveLength(3);
  });

  it('name a service that is silent', async () => {
    const { body } = await get('/ops/v1/consumers', silent);
    expect([body.data.length, body.silent]).toEqual([1, ['loyalty']]);
  });

  it.each([1, 2, 3, 20])('walk all dead letters in pages of %i, each once', async (limit) => {
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await get(`/ops/v1/dead-letters?limit=${limit}${cursor}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(['dl_1', 'dl_2', 'dl_3']);
  });

  it('refuse a cursor that is not one of ours', async () => {
    const answer = await get('/ops/v1/dead-letters?cursor=elsewhere.1');
    expect([answer.status, answer.body.code]).toEqual([400, 'bad-cursor']);
  });

  it('find a dead letter wherever it is, and replay it there in the name of who asked', async () => {
    expect((await get('/ops/v1/dead-letters/dl_3')).body).toMatchObject({
      id: 'dl_3',
      group: 'loyalty',
      payload: '{"a":1}',
      headers: { ce_type: 'order.confirmed.v1' },
      tries: [{ error: 'no' }],
    });
    expect((await request(storefront.url).post('/ops/v1/dead-letters/dl_3/replay').set(staff)).status).toBe(200);
    expect((await request(storefront.url).post('/ops/v1/dead-letters/dl_3/replay').set(staff).send({ why: 'mended' })).status).toBe(200);
    expect(acted).toEqual(['', 'mended'].map((why) => ({ service: 'loyalty', id: 'dl_3', actor: 'cus_9', why })));
    expect((await get('/ops/v1/dead-letters/dl_9')).status).toBe(404);
  });

  it('show where a dead letter stands, what was done to it and where its order is', async () => {
    expect((await get('/ops/v1/dead-letters/dl_3')).body).toMatchObject({
      class: 'poison',
      nextAt: null,
      partition: 3,
      offset: '7',
      sequence: 2,
      links: { self: '/ops/v1/dead-letters/dl_3', order: `/v1/orders/${order}`, history: `/v1/orders/${order}/events` },
      actions: [{ at: '2026-11-21T12:05:00.000Z', actor: 'cus_9', action: 'replay', deadLetter: 'dl_3', why: 'carrier mended' }],
    });
  });

  it('list what operators did, service by service', async () => {
    expect((await get('/ops/v1/dead-letter-actions')).body).toEqual({
      data: ['shipping', 'notification', 'loyalty'].map((name) => ({
        at: '2026-11-21T12:05:00.000Z',
        actor: 'cus_9',
        action: 'discard',
        deadLetter: 'dl_0',
        why: name,
      })),
      nextCursor: null,
    });
  });

  it('do not deny a dead letter that a silent service may have', async () => {
    const answer = await get('/ops/v1/dead-letters/dl_9', silent);
    expect([answer.status, answer.body.detail]).toEqual([503, 'silent: loyalty']);
  });

  it('refuse a criterion that is empty, which would narrow nothing', async () => {
    const before = acted.length;
    for (const name of ['group', 'type', 'reason', 'orderId']) {
      const replayed = await request(storefront.url)
        .post('/ops/v1/dead-letters/replay')
        .set(staff)
        .send({ [name]: '' });
      expect([replayed.status, replayed.body.errors[0].pointer]).toEqual([400, `/${name}`]);
      expect((await get(`/ops/v1/dead-letters?${name}=`)).body.errors[0].pointer).toBe(`/query/${name}`);
    }
    expect(acted).toHaveLength(before);
    expect((await get('/ops/v1/dead-letters?failedBefore=2026-11-21T13:00:00%2B01:00')).status).toBe(200);
  });

  it('replay many under a key that every service gets, and call it a replay when all of them do', async () => {
    const repeating = new Set<string>();
    type Options = { readonly as: { readonly idempotencyKey: string }; readonly onReplayed: () => void };
    const answering = (name: string) => ({
      name,
      ops: {
        replayDeadLetters: async (_asked: object, { as, onReplayed }: Options) => {
          if (repeating.has(`${name} ${as.idempotencyKey}`)) onReplayed();
          repeating.add(`${name} ${as.idempotencyKey}`);
          return { matched: 1, replayed: 1 };
        },
      },
    });
    const shop = await startStorefront({ services: [answering('shipping'), answering('loyalty')] });
    repeating.add('shipping k-1');
    const again = async () => {
      const { headers, body } = await request(shop.url)
        .post('/ops/v1/dead-letters/replay')
        .set({ ...staff, 'Idempotency-Key': 'k-1' });
      return [headers['idempotency-replayed'], body.matched];
    };
    expect([await again(), await again()]).toEqual([
      [undefined, 2],
      ['true', 2],
    ]);
    await shop.close();
  });

  it('replay many at once, or only count them', async () => {
    const answer = await request(storefront.url)
      .post('/ops/v1/dead-letters/replay')
      .set(staff)
      .send({ reason: 'undeliverable', dryRun: true, why: 'x', keysPerSecond: 5, failedBefore: '2026-11-21T12:00:00Z' });
    expect([answer.status, answer.body]).toEqual([200, { matched: 3, replayed: 3, silent: [] }]);
    expect(acted.at(-1)).toEqual({
      service: 'loyalty',
      group: '',
      type: '',
      reason: 'undeliverable',
      orderId: '',
      failedBefore: '2026-11-21T12:00:00Z',
      dryRun: true,
      why: 'x',
      keysPerSecond: 5,
      actor: 'cus_9',
    });
  });

  it('audit what is set aside and what the log refuses, and name what is not judged meanwhile', async () => {
    const since = '2026-11-21T11:48:00.000Z';
    const row = '01890a5d-ac96-774b-bcce-b302099a8057';
    const id = toPublicId('deadLetter', row);
    const shipping = ops('shipping', [{ ...letter(id, 'shipping'), firstFailedAt: since }]);
    const getOutbox = async () => ({ service: 'shipping', pending: '0', oldestAgeMs: '0', refused: '1', refusedIds: ['7'] });
    const sick = await startStorefront({ services: [{ ...shipping, ops: { ...shipping.ops, getOutbox } }] });
    const { body } = await get('/ops/v1/audit', sick);
    await sick.close();
    expect([body.ok, body.cost]).toEqual([false, { facts: 0, wallMs: 0, cpuMs: 0 }]);
    expect(body.notJudged).toEqual([{ subject: order, message: `its shipment: shipping has order.confirmed.v1 set aside (${id})` }]);
    expect(body.invariants.flatMap(({ violations }: { violations: unknown[] }) => violations)).toEqual([
      {
        subject: 'outbox of shipping',
        message: 'the log refuses 1 of its messages',
        rows: [{ service: 'shipping', table: 'messaging.outbox', id: '7' }],
      },
      {
        subject: order,
        message: `shipping has order.confirmed.v1 (${id}) set aside for 12 minutes: undeliverable`,
        rows: [{ service: 'shipping', table: 'messaging.parked', id: row }],
      },
    ]);
  });

  it('audit nothing while a service is silent, or does not know how far its consumers are', async () => {
    expect((await get('/ops/v1/audit', silent)).status).toBe(503);
    const deaf = await startStorefront({ services: [ops('loyalty', [])] });
    const { status, body } = await get('/ops/v1/audit', deaf);
    await deaf.close();
    expect([status, body.detail]).toEqual([503, 'the event log does not tell how far these are: loyalty on order']);
  });
});
