import { Controller } from '@nestjs/common';
import type { commonV1, shippingV1 } from '@tandem/contracts';
import { invalidField, notFound, Refusal, Rpc } from '@tandem/host';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { z } from 'zod';
import { trackingCodeShape } from '../domain/shipment.js';
import { TrackParcel } from './track-parcel.js';

const Body = z.object({ trackingCode: z.string().regex(trackingCodeShape, 'a tracking code'), status: z.enum(['in-transit', 'delivered', 'lost']), at: z.iso.datetime() });

/** The secret of a carrier's webhooks. */
export class WebhookSecret {
  constructor(readonly value: string) {}
}

/** A carrier's webhook as it came in: signature first, then content. Source: Standard Webhooks 1.0. */
@Controller()
export class TrackParcelGrpc {
  private readonly webhook: Webhook;

  constructor(private readonly trackParcel: TrackParcel, secret: WebhookSecret) {
    this.webhook = new Webhook(secret.value);
  }

  @Rpc('ShippingService', 'receiveCarrierWebhook', ['public'])
  async handle({ carrier, id, timestamp, signature, body }: shippingV1.CarrierWebhook): Promise<commonV1.Empty> {
    if (carrier !== 'sandbox') throw notFound(`there is no carrier called ${carrier}`);
    const report = this.verified({ id, timestamp, signature, body });
    const outcome = await this.trackParcel.run({ webhookId: id, trackingCode: report.trackingCode, status: report.status, at: new Date(report.at) });
    if (outcome.kind === 'unknown-parcel') throw notFound('there is no such parcel');
    return {};
  }

  private verified({ id, timestamp, signature, body }: Omit<shippingV1.CarrierWebhook, 'carrier'>): z.infer<typeof Body> {
    try {
      this.webhook.verify(Buffer.from(body).toString('utf8'), { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature });
    } catch (error) {
      if (error instanceof WebhookVerificationError) throw new Refusal('signature-invalid');
      throw invalidField('', 'malformed', 'a JSON object');
    }
    const parsed = Body.safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
    if (parsed.success) return parsed.data;
    throw new Refusal('validation-failed', { errors: parsed.error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, code: issue.code, message: issue.message })) });
  }
}
