import { Webhook } from 'standardwebhooks';
import { sandboxWebhooks } from './sandbox-webhooks.js';

const secretOf = (text: string) => `whsec_${Buffer.from(text).toString('base64')}`;
const [current, previous, foreign] = [
  'the secret of today, of the specs',
  'the secret of yesterday, of specs',
  'somebody else entirely, no secret',
].map(secretOf) as [string, string, string];
const captured = { type: 'charge.captured', data: { chargeId: 'ch_1', idempotencyKey: 'ord_1:1', status: 'captured', orderId: 'ord_1' } };

function signed(body: string, at = new Date(), secret = current) {
  return {
    id: 'msg_1',
    timestamp: String(Math.floor(at.getTime() / 1_000)),
    signature: new Webhook(secret).sign('msg_1', at, body),
    body: Buffer.from(body),
  };
}

describe('the webhooks of the sandbox bank', () => {
  const reader = sandboxWebhooks([current, previous]);

  it('tell what became of a charge, signed with either live secret', () => {
    const news = { kind: 'opened', id: 'msg_1', news: { key: 'ord_1:1', answer: { kind: 'captured', chargeId: 'ch_1' } } };
    expect([current, previous].map((secret) => reader.open(signed(JSON.stringify(captured), new Date(), secret)))).toEqual([news, news]);
    const declined = { type: 'charge.declined', data: { ...captured.data, status: 'declined', declineCode: 'authentication-failed' } };
    expect(reader.open(signed(JSON.stringify(declined)))).toEqual({
      kind: 'opened',
      id: 'msg_1',
      news: { key: 'ord_1:1', answer: { kind: 'declined', declineCode: 'authentication-failed' } },
    });
    expect(reader.open(signed(JSON.stringify({ ...captured, data: { ...captured.data, status: 'requires-action' } })))).toEqual({
      kind: 'opened',
      id: 'msg_1',
      news: null,
    });
  });

  it('do not hold without a signature, with another secret, for another body or id, or 301 seconds off', () => {
    const body = JSON.stringify(captured);
    const seconds = (n: number) => new Date(Date.now() + n * 1_000);
    const bad = [
      { ...signed(body), signature: '' },
      { ...signed(body), timestamp: 'now' },
      { ...signed(body), id: 'msg_2' },
      { ...signed(body), body: Buffer.from(body.replace('ch_1', 'ch_2')) },
      signed(body, new Date(), foreign),
      signed(body, seconds(-302)),
      signed(body, seconds(302)),
    ];
    expect(bad.map((webhook) => reader.open(webhook).kind)).toEqual(bad.map(() => 'signature-invalid'));
    expect(reader.open(signed(body, seconds(-290))).kind).toBe('opened');
  });

  it('are refused, not a fault of ours, when they are signed and make no sense', () => {
    const bodies = ['no json', 'null', '[]', JSON.stringify({ ...captured, data: { ...captured.data, status: 'eaten' } })];
    expect(bodies.map((body) => reader.open(signed(body)).kind)).toEqual(bodies.map(() => 'malformed'));
  });
});
