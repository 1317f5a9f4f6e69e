import { easypostSignature, easypostWebhooks } from './easypost-webhooks.js';

const [current, previous] = ['a secret of today…', 'a secret of yesterday'] as const;
/** As in EasyPost's own fixtures: https://github.com/EasyPost/examples, official/fixtures/event-body.json. */
const event = (tracker: object = {}, over: object = {}) => ({
  description: 'tracker.updated',
  mode: 'production',
  previous_attributes: { status: 'unknown' },
  created_at: '2024-08-02T19:26:52.000Z',
  pending_urls: [],
  completed_urls: [],
  updated_at: '2024-08-02T19:26:52.000Z',
  id: 'evt_1',
  user_id: 'user_1',
  status: 'pending',
  object: 'Event',
  result: {
    id: 'trk_1',
    object: 'Tracker',
    mode: 'production',
    tracking_code: '9400',
    status: 'in_transit',
    status_detail: 'arrived_at_facility',
    created_at: '2024-07-31T14:45:27Z',
    updated_at: '2024-08-02T19:26:51Z',
    signed_by: null,
    weight: 614.4,
    est_delivery_date: '2024-08-05T00:00:00Z',
    shipment_id: 'shp_1',
    carrier: 'FedEx',
    tracking_details: [{ object: 'TrackingDetail', message: 'Picked up', status: 'in_transit', datetime: '2024-07-31T19:27:00Z' }],
    finalized: false,
    is_return: false,
    ...tracker,
  },
  ...over,
});

describe('the webhooks of EasyPost', () => {
  const reader = easypostWebhooks([current, previous]);
  const signed = (text: string, secret: string = current) => ({
    id: '',
    timestamp: '',
    signature: easypostSignature(Buffer.from(text), secret),
    body: Buffer.from(text),
  });
  const open = (body: object, secret?: string) => reader.open(signed(JSON.stringify(body), secret));

  it('tell where a parcel is, signed with either live secret, under the id of the event and at the moment of the last scan', () => {
    const news = {
      kind: 'opened',
      id: 'evt_1',
      news: { trackingCode: '9400', labelId: 'shp_1', status: 'in-transit', at: new Date('2024-07-31T19:27:00Z') },
    };
    expect([open(event()), open(event(), previous)]).toEqual([news, news]);
    expect(open(event({ status: 'delivered', tracking_details: [] }))).toEqual({
      ...news,
      news: { trackingCode: '9400', labelId: 'shp_1', status: 'delivered', at: new Date('2024-08-02T19:26:51Z') },
    });
  });

  it('say nothing of a label that is only printed, of a parcel that was not bought here, and of other things', () => {
    const quiet = [
      open(event({ status: 'pre_transit' })),
      open(event({ shipment_id: null })),
      open(event({}, { description: 'batch.updated', result: { object: 'Batch' } })),
    ];
    expect(quiet).toEqual(quiet.map(() => ({ kind: 'opened', id: 'evt_1', news: null })));
  });

  it('do not hold without a signature, with another secret, and for another body', () => {
    const good = signed(JSON.stringify(event()));
    const bad = [
      { ...good, signature: '' },
      { ...good, signature: good.signature.replace('hmac-sha256-hex=', '') },
      signed(JSON.stringify(event()), 'of somebody else'),
      { ...good, body: Buffer.from(JSON.stringify(event({ tracking_code: '9401' }))) },
    ];
    expect(bad.map((webhook) => reader.open(webhook))).toEqual(bad.map(() => ({ kind: 'signature-invalid' })));
  });

  it("are signed as EasyPost's libraries check it: HMAC-SHA256 in hex, of a secret in NFKD", () => {
    expect(easypostSignature(Buffer.from('{}'), 'sécret')).toBe(easypostSignature(Buffer.from('{}'), 'se\u0301cret'));
    // RFC 4231, test case 2
    expect(easypostSignature(Buffer.from('what do ya want for nothing?'), 'Jefe')).toBe(
      'hmac-sha256-hex=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('are refused, not a fault of ours, when they are signed and make no sense', () => {
    const bodies = ['no json', 'null', '{"id":"evt_1"}', JSON.stringify(event({ tracking_code: 'a\u0000b' }))];
    expect(bodies.map((body) => reader.open(signed(body)).kind)).toEqual(bodies.map(() => 'malformed'));
  });
});
