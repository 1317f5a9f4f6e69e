import { PeerUnavailable } from '@tandem/host';
import request from 'supertest';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

const staff = { Authorization: 'Bearer staff:cus_9' };
const [whole, broken] = ['ord_01h455vb4pex5vsknk084sn02q', 'ord_01h455vb4pex5vsknk084sn02r'];
const anHourAgo = '2026-11-21T11:00:00.000Z';

type Asked = { readonly cursor: string; readonly subjects: readonly string[]; readonly changedSince: string };
type Told = {
  readonly kind: string;
  readonly subject: string;
  readonly quantity?: string;
  readonly detail: string;
  readonly at?: string;
  readonly ageMs?: string;
};
type Service = {
  readonly facts: readonly Told[];
  readonly changed?: readonly string[];
  readonly asOf?: string;
  readonly tooMany?: boolean;
  /** A replica of before answers instead of it when it is asked of subjects. */
  readonly hasOldReplica?: boolean;
};

const asked: [service: string, asked: Asked][] = [];

/** A service with these facts, which says what has changed; without `asOf` one of before it could. */
function service(
  name: string,
  { facts, changed = [], asOf = '', tooMany = false, hasOldReplica = false }: Service,
): { name: string; ops: object } {
  const rows = [{ table: 'some', id: '1' }];
  const page = { nextCursor: '', changed: [], tooMany: false, asOf };
  return {
    name,
    ops: {
      listConsumers: async () => ({ consumers: [] }),
      getOutbox: async () => ({ service: name, pending: '0', oldestAgeMs: '0', refused: '0', refusedIds: [] }),
      listDeadLetters: async () => ({ deadLetters: [], nextCursor: '' }),
      listAuditFacts: async (given: Asked) => {
        asked.push([name, given]);
        const known = facts.map((fact) => ({ at: anHourAgo, rows, ...fact }));
        if (asOf !== '' && given.changedSince !== '') return { ...page, facts: [], changed, tooMany };
        if (hasOldReplica && given.subjects.length > 0) return { ...page, facts: known, asOf: '' };
        const isAsked = ({ subject }: Told): boolean => asOf === '' || given.subjects.length === 0 || given.subjects.includes(subject);
        return { ...page, facts: known.filter(isAsked) };
      },
    },
  };
}

const order = (subject: string): Told => ({
  kind: 'order.cancelled',
  subject,
  detail: JSON.stringify({ history: ['order.placed'], lastSequence: subject === broken ? 2 : 1 }),
  ageMs: '3600000',
});
const sold = (subject: string): Told => ({ kind: 'stock.sold', subject, quantity: '0', detail: '{}' });
const orders = [order(whole), order(broken)];
const ageless = orders.map(({ ageMs: _, ...told }) => told);
const at = (minute: number): string => `2026-11-21T11:${minute}:00.000Z`;

describe('an audit of what has changed', () => {
  const open: SpecStorefront[] = [];
  const auditBy = async (services: ReturnType<typeof service>[], since?: string) => {
    const storefront = await startStorefront({ services });
    open.push(storefront);
    asked.length = 0;
    return request(storefront.url)
      .get('/ops/v1/audit')
      .query(since === undefined ? {} : { since })
      .set(staff);
  };
  afterEach(() => Promise.all(open.splice(0).map((storefront) => storefront.close())));

  it('goes on from where an audit of everything has come to, which is as far as the slowest service, and watches what was wrong', async () => {
    const services = [service('order', { facts: orders, asOf: at(58) }), service('inventory', { facts: [], asOf: at(57) })];
    const { body } = await auditBy(services);
    expect([body.kind, body.since, body.orders, body.ok, body.next]).toEqual(['full', null, 2, false, `${at(57)},${broken}`]);
  });

  it('judges what one service says has changed by the facts of all, and asks for nothing else', async () => {
    const services = [
      service('order', { facts: orders, asOf: at(58) }),
      service('inventory', { facts: [sold(whole), sold(broken)], changed: [whole], asOf: at(59) }),
    ];
    const { body } = await auditBy(services, at(50));
    expect([body.kind, body.since, body.orders, body.cost.facts, body.ok, body.next]).toEqual(['incremental', at(50), 1, 2, true, at(58)]);
    const changes = asked.filter(([, { changedSince }]) => changedSince !== '');
    expect(changes.map(([name, { changedSince }]) => [name, changedSince])).toEqual([
      ['order', '2026-11-21T11:49:30.000Z'],
      ['inventory', '2026-11-21T11:49:30.000Z'],
    ]);
    const facts = asked.filter(([, { changedSince }]) => changedSince === '');
    expect(facts.map(([name, { subjects }]) => [name, subjects])).toEqual([
      ['inventory', [whole]],
      ['order', [whole]],
    ]);
  });

  it('judges again what was wrong the last time, until it is right', async () => {
    const wrong = [service('order', { facts: orders, asOf: at(58) })];
    const { body } = await auditBy(wrong, `${at(50)},${broken}`);
    expect([body.orders, body.ok, body.next]).toEqual([1, false, `${at(58)},${broken}`]);
    const mended = await auditBy([service('order', { facts: [order(whole)], asOf: at(59) })], String(body.next));
    expect([mended.body.ok, mended.body.next]).toEqual([true, at(59)]);
  });

  it('finds what an order lacks once it is old enough where it is kept, though it was confirmed later than it is here', async () => {
    const inTwoMinutes = '2026-11-21T12:02:00.000Z';
    const confirmed = { ...order(whole), kind: 'order.confirmed', at: inTwoMinutes };
    const looked = async (ageMs: string, since?: string) =>
      (await auditBy([service('order', { facts: [{ ...confirmed, ageMs }], changed: [whole], asOf: at(58) })], since)).body;
    const young = await looked('5000');
    expect([young.ok, young.next]).toEqual([true, at(58)]);
    const older = await looked('20000', String(young.next));
    expect([older.kind, older.ok, older.next]).toEqual(['incremental', false, `${at(58)},${whole}`]);
  });

  it('asks of 500 orders at a time', async () => {
    const changed = Array.from({ length: 501 }, (_, number) => `ord_${String(number).padStart(26, '0')}`);
    await auditBy([service('order', { facts: [], changed, asOf: at(58) })], at(50));
    expect(asked.map(([, { subjects }]) => subjects.length)).toEqual([0, 500, 1]);
  });

  it.each([
    ['a service of before cannot say what has changed', { facts: orders }, null],
    ['one of before does not say how old its orders are', { facts: ageless, changed: [broken], asOf: at(58) }, null],
    ['one of its replicas is of before', { facts: orders, changed: [whole], asOf: at(58), hasOldReplica: true }, `${at(58)},${broken}`],
    ['too much has changed to be told', { facts: orders, asOf: at(58), tooMany: true }, `${at(58)},${broken}`],
  ])('is one of everything when %s', async (_, told, next) => {
    const { body } = await auditBy([service('order', told), service('inventory', { facts: [], asOf: at(59) })], at(50));
    expect([body.kind, body.since, body.orders, body.ok, body.next]).toEqual(['full', null, 2, false, next]);
  });

  it('moves no mark when a service is silent', async () => {
    const away = async (): Promise<never> => {
      throw new PeerUnavailable('inventory', 14);
    };
    const silent = { ...service('inventory', { facts: [] }) };
    const answer = await auditBy(
      [service('order', { facts: [], asOf: at(58) }), { ...silent, ops: { ...silent.ops, listAuditFacts: away } }],
      at(50),
    );
    expect([answer.status, answer.body.next]).toEqual([503, undefined]);
  });

  it('refuses a mark that is none', async () => {
    const { status, body } = await auditBy([], 'yesterday');
    expect([status, body.code]).toEqual([400, 'validation-failed']);
  });
});
