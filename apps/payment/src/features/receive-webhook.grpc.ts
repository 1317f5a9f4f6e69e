import { Controller } from '@nestjs/common';
import type { commonV1, paymentV1 } from '@tandem/contracts';
import { notFound, Refusal, Rpc } from '@tandem/host';
import { ReceiveWebhook } from './receive-webhook.js';

/** A provider's webhook: whoever holds the secret may call. */
@Controller()
export class ReceiveWebhookGrpc {
  constructor(private readonly receiveWebhook: ReceiveWebhook) {}

  @Rpc('PaymentService', 'receiveWebhook', ['public'])
  async handle({ provider, ...webhook }: paymentV1.ProviderWebhook): Promise<commonV1.Empty> {
    const received = await this.receiveWebhook.run(provider, webhook);
    switch (received.kind) {
      case 'taken':
      case 'repeated':
      case 'none-of-ours':
        return {};
      case 'malformed':
        throw new Refusal('validation-failed', {
          detail: received.because,
          errors: [{ pointer: '', code: 'malformed', message: received.because }],
        });
      case 'refused':
        throw received.because === 'signature-invalid'
          ? new Refusal('signature-invalid', {
              detail: `the signature does not fit the bytes, or their time is too long ago; sign with the secret of ${provider}`,
            })
          : notFound(`there is no provider called ${provider}`);
    }
  }
}
