import { areEventsKnown, type FlowRecords, flowOf } from './flow.js';

const at = (ms: number): string => new Date(Date.parse('2026-11-21T12:00:00.000Z') + ms).toISOString();
const none: FlowRecords = { timeline: [], publications: [], handlings: [], history: [] };

describe('the flow of an order', () => {
  it('is the calls of the checkout and what each service made of each event, by time', () => {
    const flow = flowOf({
      timeline: [
        { step: 'reserve', at: at(0), durationMs: 4.2, attempt: 1, result: 'reserved' },
        { step: 'pay', at: at(5), durationMs: 20, attempt: 2, result: 'captured' },
      ],
      publications: [
        { service: 'order', eventId: 'e1', type: 'order.confirmed.v1', at: at(30), publishedAt: at(33) },
        { service: 'shipping', eventId: 'e2', type: 'shipment.created.v1', at: at(60), publishedAt: at(61) },
      ],
      handlings: [
        { service: 'shipping', eventId: 'e1', begunAt: at(50), at: at(60), outcome: 'handled', attempts: 1 },
        { service: 'loyalty', eventId: 'e1', begunAt: null, at: at(40), outcome: 'handled', attempts: 3 },
        { service: 'order', eventId: 'e2', begunAt: null, at: at(64), outcome: 'handled', attempts: 1 },
        {
          service: 'notification',
          eventId: 'e1',
          begunAt: null,
          at: null,
          outcome: 'dead',
          attempts: 10,
          deadLetterId: 'dl_1',
          reason: 'no such address',
        },
      ],
      history: [
        { type: 'order.confirmed', at: at(30) },
        { type: 'shipment.created', at: at(60) },
        { type: 'points.awarded', at: at(41) },
      ],
    });
    expect(flow).toEqual([
      { at: at(0), service: 'order', kind: 'sync', name: 'reserve', durationMs: 4.2, attempts: 1, outcome: 'reserved' },
      { at: at(5), service: 'order', kind: 'sync', name: 'pay', durationMs: 20, attempts: 2, outcome: 'captured' },
      {
        at: at(33),
        service: 'notification',
        kind: 'async',
        name: 'order.confirmed.v1',
        durationMs: 0,
        attempts: 10,
        outcome: 'dead',
        deadLetterId: 'dl_1',
        reason: 'no such address',
      },
      {
        at: at(40),
        service: 'loyalty',
        kind: 'async',
        name: 'order.confirmed.v1',
        durationMs: 0,
        queueDelayMs: 7,
        attempts: 3,
        outcome: 'handled',
      },
      { at: at(41), service: 'loyalty', kind: 'async', name: 'points.awarded', durationMs: 0, attempts: 1, outcome: 'known-from-history' },
      {
        at: at(50),
        service: 'shipping',
        kind: 'async',
        name: 'order.confirmed.v1',
        durationMs: 10,
        queueDelayMs: 17,
        attempts: 1,
        outcome: 'handled',
      },
      {
        at: at(64),
        service: 'order',
        kind: 'async',
        name: 'shipment.created.v1',
        durationMs: 0,
        queueDelayMs: 3,
        attempts: 1,
        outcome: 'handled',
      },
    ]);
  });

  it('counts from the first try, so that an effect outside is no delay', () => {
    const publications = [{ service: 'order', eventId: 'e1', type: 'order.confirmed.v1', at: at(0), publishedAt: at(1) }];
    const handlings = [
      { service: 'notification', eventId: 'e1', begunAt: at(4), at: at(90), outcome: 'handled', attempts: 3 },
      { service: 'shipping', eventId: 'e1', begunAt: at(6), at: null, outcome: 'open', attempts: 3 },
    ];
    expect(flowOf({ ...none, publications, handlings })).toEqual([
      {
        service: 'notification',
        kind: 'async',
        name: 'order.confirmed.v1',
        at: at(4),
        durationMs: 86,
        queueDelayMs: 3,
        attempts: 3,
        outcome: 'handled',
      },
      { service: 'shipping', kind: 'async', name: 'order.confirmed.v1', at: at(6), durationMs: 0, attempts: 3, outcome: 'open' },
    ]);
  });

  it('does not count a mail that went out an hour later to what was handled meanwhile', () => {
    const [confirmed, shipped] = ['order.confirmed.v1', 'order.shipped.v1'].map((type, n) => {
      return { service: 'order', eventId: type, type, at: at(n * 100), publishedAt: at(n * 100 + 1) };
    }) as [FlowRecords['publications'][number], FlowRecords['publications'][number]];
    const sent = { service: 'notification', eventId: 'sent', type: 'notification.sent.v1', at: at(3_600_000), publishedAt: at(3_600_001) };
    const handlings = [confirmed, shipped].map(({ eventId, at: writtenAt }) => {
      return { service: 'notification', eventId, begunAt: writtenAt, at: writtenAt, outcome: 'handled', attempts: 1 };
    });
    const noted = { service: 'order', eventId: 'sent', begunAt: at(3_600_002), at: at(3_600_004), outcome: 'handled', attempts: 1 };
    expect(
      flowOf({ ...none, publications: [confirmed, shipped, sent], handlings: [...handlings, noted] }).map(({ name, durationMs }) => [
        name,
        durationMs,
      ]),
    ).toEqual([
      ['order.confirmed.v1', 0],
      ['order.shipped.v1', 0],
      ['notification.sent.v1', 2],
    ]);
  });

  it('knows its events as long as order knows those it published', () => {
    const placed = { type: 'order.placed', at: at(0) };
    const confirmed = { type: 'order.confirmed', at: at(1) };
    const publication = { service: 'order', eventId: 'e1', type: 'order.confirmed.v1', at: at(1), publishedAt: null };
    expect([
      areEventsKnown([], [placed]),
      areEventsKnown([publication], [placed, confirmed]),
      areEventsKnown([], [placed, confirmed]),
    ]).toEqual([true, true, false]);
    const refunded = { type: 'order.refunded', at: at(9) };
    const later = { ...publication, eventId: 'e2', type: 'order.refunded.v1', at: at(9) };
    expect([
      areEventsKnown([later], [placed, confirmed, refunded]),
      areEventsKnown([publication, later], [placed, confirmed, refunded]),
    ]).toEqual([false, true]);
    expect(areEventsKnown([], [placed, { type: 'order.cancelled', at: at(2) }])).toBe(true); // it never was one: nobody was told
  });

  it('has a line of history for each event that is forgotten, though another of its type is known', () => {
    const left = (eventId: string, ms: number) => ({ type: 'shipment.dispatched', at: at(ms), eventId });
    const publications = [{ service: 'shipping', eventId: 'e2', type: 'shipment.dispatched.v1', at: at(2), publishedAt: at(2) }];
    const handlings = [{ service: 'order', eventId: 'e2', begunAt: at(3), at: at(3), outcome: 'handled', attempts: 1 }];
    const flow = flowOf({ ...none, publications, handlings, history: [left('e1', 1), left('e2', 3)] });
    expect(flow.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['shipment.dispatched', 'known-from-history'],
      ['shipment.dispatched.v1', 'handled'],
    ]);
  });

  it('is empty for an order of which nothing is on record', () => {
    expect(flowOf(none)).toEqual([]);
  });
});
