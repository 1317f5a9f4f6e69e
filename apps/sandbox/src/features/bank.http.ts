import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ChargeCard } from './charge-card.js';
import { noSuch, SandboxProblem } from './problem.js';
import { ReadBank, showRefund } from './read-bank.js';
import { RefundCharge } from './refund-charge.js';
import { Silence } from './silence.js';
import { StandFaults } from './stand-faults.js';
import { amount, IdempotencyKey, text } from './wire.js';

const ChargeBody = z.strictObject({ orderId: text(100), amount, paymentMethod: text(100) });
const RefundBody = z.strictObject({ amount });

/** What a shop asks of the bank. Every call passes the bank's faults first. */
@Controller('bank')
export class BankHttp {
  constructor(
    private readonly chargeCard: ChargeCard,
    private readonly refundCharge: RefundCharge,
    private readonly readBank: ReadBank,
    private readonly faults: StandFaults,
    private readonly silence: Silence,
  ) {}

  @Post('charges')
  async charge(
    @IdempotencyKey() idempotencyKey: string,
    @Body({ schema: ChargeBody }) body: z.infer<typeof ChargeBody>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.faults.pass('bank');
    const outcome = await this.chargeCard.run({ idempotencyKey, ...body });
    switch (outcome.kind) {
      case 'charged': {
        const { charge } = outcome;
        if (charge.status === 'declined')
          throw new SandboxProblem('payment-declined', 'the card was declined', { declineCode: charge.declineCode, chargeId: charge.id });
        return void (await reply.status(201).send(this.readBank.show(charge)));
      }
      case 'silent':
        return this.silence.keep(reply);
      case 'failed':
        throw new SandboxProblem('provider-failed', 'the bank failed, as this card makes it');
      case 'refused':
        throw new SandboxProblem(outcome.because);
    }
  }

  @Post('charges/:id/refunds')
  @HttpCode(201)
  async refund(
    @Param('id') chargeId: string,
    @IdempotencyKey() idempotencyKey: string,
    @Body({ schema: RefundBody }) body: z.infer<typeof RefundBody>,
  ): Promise<unknown> {
    await this.faults.pass('bank');
    const outcome = await this.refundCharge.run({ chargeId, idempotencyKey, amount: body.amount });
    switch (outcome.kind) {
      case 'refunded':
        return showRefund(outcome.refund);
      case 'not-found':
        throw noSuch('charge', chargeId);
      case 'refused':
        throw new SandboxProblem(outcome.because);
    }
  }
}
