import { Controller } from '@nestjs/common';
import type { paymentV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import { z } from 'zod';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';

const Received = z.object({ received: z.literal(true) }).meta({ id: 'WebhookReceived' });

const paymentWebhook = endpoint({
  operationId: 'receivePaymentWebhook',
  method: 'POST',
  path: '/v1/webhooks/payments/:provider',
  tag: 'Webhooks',
  policy: 'public',
  isRaw: true,
  summary:
    'News of a charge from its provider, signed as that provider signs: Standard Webhooks by the sandbox, Stripe-Signature by Stripe',
  answers: { 200: Received },
  refuses: ['signature-invalid'],
});

/** The payment service. */
export class PaymentPeer {
  constructor(readonly payment: Peer<typeof paymentV1.PaymentServiceService>) {}
}

/** What providers of payments tell: taken in at once, worked off behind the answer. */
@Controller()
export class PaymentWebhooksHttp {
  constructor(private readonly peers: PaymentPeer) {}

  @Serves(paymentWebhook)
  async receive({ params, header, rawBody, as }: CallOf<typeof paymentWebhook>): Promise<Answer> {
    const signature = header(params.provider === 'stripe' ? 'stripe-signature' : 'webhook-signature') ?? '';
    const signed = { id: header('webhook-id') ?? '', timestamp: header('webhook-timestamp') ?? '', signature };
    await this.peers.payment.receiveWebhook({ provider: params.provider, ...signed, body: Buffer.from(rawBody) }, as);
    return ok({ received: true });
  }
}
