import { createSpecDatabase, type SpecDatabase } from '../testing/spec-database.js';
import { newUuid, toPublicId } from '../ids.js';
import { FlowGrpc, FlowSources } from './flow.grpc.js';

describe('what a service has on record of a key', () => {
  let db: SpecDatabase;
  let flow: FlowGrpc;
  beforeAll(async () => {
    db = await createSpecDatabase('document');
    flow = new FlowGrpc(new FlowSources('document', db.database));
  });
  afterAll(() => db.drop());

  const at = (second: number): string => `2026-11-21T12:00:0${second}.000Z`;
  const write = (key: string, eventId: string) =>
    db.pool.query(
      `INSERT INTO messaging.outbox (topic, key, sequence, headers, payload, created_at, published_at) VALUES ('document.jobs', $1, 1, $2, '{}', $3, $4)`,
      [key, JSON.stringify({ ce_id: eventId, ce_type: 'document.requested.v1' }), at(1), at(2)],
    );
  const leave = (key: string, eventId: string) =>
    db.pool.query(`INSERT INTO messaging.published VALUES ($1, $2, 'document.requested.v1', $3, $4)`, [eventId, key, at(1), at(2)]);
  const handle = (eventId: string) =>
    db.pool.query(`INSERT INTO messaging.inbox (grp, event_id, begun_at, handled_at, attempts) VALUES ('document', $1, $2, $3, 2)`, [
      eventId,
      at(4),
      at(5),
    ]);
  /** Answers the dead letter's id. */
  const park = async (eventId: string, status: string): Promise<string> => {
    const id = newUuid();
    await db.pool.query(
      `INSERT INTO messaging.parked (id, grp, topic, partition, "offset", identity, headers, encoding, recorded_at, class, reason, attempts, first_failed_at, status, closed_at)
       VALUES ($1, 'document', 'order', 0, 0, $2, '{}', 'text', now(), 'transient', 'spec', 3, $3, $4, $5)`,
      [id, eventId, at(3), status, status === 'replayed' ? at(5) : null],
    );
    return toPublicId('deadLetter', id);
  };

  it('is what it wrote down, and what it made of that and of the events that are asked for', async () => {
    const [key, own, plain, replayed, open] = ['ord_1', newUuid(), newUuid(), newUuid(), newUuid()];
    await write(key, own);
    for (const eventId of [own, plain, replayed]) await handle(eventId);
    const [over, waiting] = [await park(replayed, 'replayed'), await park(open, 'open')];
    const { handlings, publications } = await flow.handlings({ eventIds: [plain, replayed, open, newUuid()], key });
    expect(publications).toEqual([{ eventId: own, type: 'document.requested.v1', at: at(1), publishedAt: at(2) }]);
    const handled = { begunAt: at(4), at: at(5), outcome: 'handled', attempts: 2 };
    const byId = [...handlings].sort((a, b) => a.eventId.localeCompare(b.eventId));
    expect(byId).toEqual(
      [
        { eventId: own, ...handled },
        { eventId: plain, ...handled },
        { eventId: replayed, ...handled, begunAt: at(3), deadLetterId: over, reason: 'spec' },
        { eventId: open, begunAt: at(3), outcome: 'open', attempts: 3, deadLetterId: waiting, reason: 'spec' },
      ].sort((a, b) => a.eventId.localeCompare(b.eventId)),
    );
  });

  it('is the same after the outbox has forgotten it', async () => {
    const eventId = newUuid();
    await leave('ord_2', eventId);
    await handle(eventId);
    const publications = [{ eventId, type: 'document.requested.v1', at: at(1), publishedAt: at(2) }];
    expect(await flow.handlings({ eventIds: [], key: 'ord_2' })).toEqual({
      handlings: [{ eventId, begunAt: at(4), at: at(5), outcome: 'handled', attempts: 2 }],
      publications,
    });
    expect(await flow.publications({ key: 'ord_2' })).toEqual({ publications });
    expect(await flow.handlings({ eventIds: [], key: '' })).toEqual({ handlings: [], publications: [] });
  });
});
