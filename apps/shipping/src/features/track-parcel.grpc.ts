import { Controller } from '@nestjs/common';
import type { commonV1, shippingV1 } from '@tandem/contracts';
import { invalidFields, notFound, Refusal, Rpc } from '@tandem/host';
import type { WebhookReader } from '../domain/carrier-news.js';
import { TrackParcel } from './track-parcel.js';

/** Whose webhooks are taken in. */
export class WebhookReaders {
  constructor(readonly all: readonly WebhookReader[]) {}
}

/** A carrier's webhook as it came in: signature first, then content. */
@Controller()
export class TrackParcelGrpc {
  constructor(
    private readonly trackParcel: TrackParcel,
    private readonly readers: WebhookReaders,
  ) {}

  @Rpc('ShippingService', 'receiveCarrierWebhook', ['public'])
  async handle({ carrier, ...webhook }: shippingV1.CarrierWebhook): Promise<commonV1.Empty> {
    const reader = this.readers.all.find((each) => each.carrier === carrier);
    if (!reader) throw notFound(`there is no carrier called ${carrier}`);
    const opened = reader.open(webhook);
    switch (opened.kind) {
      case 'signature-invalid':
        throw new Refusal('signature-invalid', {
          detail: `webhook-signature does not fit the bytes, or their time is not within five minutes; sign with the secret of ${carrier}`,
        });
      case 'malformed':
        throw invalidFields(opened.errors);
      case 'opened': {
        const outcome = opened.news && (await this.trackParcel.run({ webhookId: opened.id, carrier, ...opened.news }));
        if (outcome?.kind === 'unknown-parcel') throw notFound('there is no such parcel');
        return {};
      }
    }
  }
}
