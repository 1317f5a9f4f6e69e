import { Refusal } from '@tandem/host';
import { Webhook } from 'standardwebhooks';
import { sandboxWebhooks } from '../adapters/sandbox-webhooks.js';
import type { Report, TrackParcel, Tracking } from './track-parcel.js';
import { TrackParcelGrpc, WebhookReaders } from './track-parcel.grpc.js';

const secret = `whsec_${Buffer.from('a secret of the specs only').toString('base64')}`;
const good = { trackingCode: 'SBX1', status: 'in-transit', at: '2026-01-02T03:04:05.000Z' };

function signed(body: string, at = new Date(), key = secret) {
  const signature = new Webhook(key).sign('msg_1', at, body);
  return { carrier: 'sandbox', id: 'msg_1', timestamp: String(Math.floor(at.getTime() / 1000)), signature, body: Buffer.from(body) };
}

describe("a carrier's webhook", () => {
  const taken: Report[] = [];
  let outcome: Tracking['kind'] = 'moved';
  const trackParcel = { run: (report: Report) => Promise.resolve((taken.push(report), { kind: outcome })) } as unknown as TrackParcel;
  const edge = new TrackParcelGrpc(trackParcel, new WebhookReaders([sandboxWebhooks(secret)]));
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'taken',
      (error: unknown) => (error instanceof Refusal ? error.problem.code : error),
    );

  beforeEach(() => {
    taken.length = 0;
    outcome = 'moved';
  });

  it('is taken in when its signature fits', async () => {
    expect(await edge.handle(signed(JSON.stringify(good)))).toEqual({});
    expect(taken).toEqual([{ webhookId: 'msg_1', carrier: 'sandbox', trackingCode: 'SBX1', status: 'in-transit', at: new Date(good.at) }]);
  });

  it("is taken in again: a repeat, a late one and one of somebody else's parcel are no error", async () => {
    for (const kind of ['repeated', 'unchanged', 'not-ours'] as const) {
      outcome = kind;
      expect(await codeOf(edge.handle(signed(JSON.stringify(good))))).toBe('taken');
    }
  });

  it("is refused without a signature, with another's, for another body, and when it is older or newer than five minutes", async () => {
    const body = JSON.stringify(good);
    const minutes = (n: number) => new Date(Date.now() + n * 60_000);
    const bad = [
      { ...signed(body), signature: '' },
      { ...signed(body), timestamp: 'now' },
      signed(body, new Date(), `whsec_${Buffer.from('somebody else entirely').toString('base64')}`),
      { ...signed(body), body: Buffer.from(body.replace('SBX1', 'SBX2')) },
      signed(body, minutes(-6)),
      signed(body, minutes(6)),
    ];
    expect(await Promise.all(bad.map((webhook) => codeOf(edge.handle(webhook))))).toEqual(bad.map(() => 'signature-invalid'));
    expect(taken).toEqual([]);
  });

  it('is refused, not a fault of ours, when it is signed and makes no sense', async () => {
    const bodies = [
      'no json',
      'null',
      '[]',
      JSON.stringify({ ...good, status: 'eaten' }),
      JSON.stringify({ ...good, at: 'yesterday' }),
      JSON.stringify({ ...good, trackingCode: 'a\u0000b' }),
    ];
    expect(await Promise.all(bodies.map((body) => codeOf(edge.handle(signed(body)))))).toEqual(bodies.map(() => 'validation-failed'));
  });

  it('is not found for a parcel or a carrier nobody knows', async () => {
    outcome = 'unknown-parcel';
    expect(await codeOf(edge.handle(signed(JSON.stringify(good))))).toBe('not-found');
    expect(await codeOf(edge.handle({ ...signed(JSON.stringify(good)), carrier: 'dhl' }))).toBe('not-found');
  });
});
