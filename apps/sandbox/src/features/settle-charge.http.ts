import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Voiding } from '../domain/charge.js';
import type { NotFound } from '../domain/ports.js';
import { noSuch, SandboxProblem } from './problem.js';
import { ReadBank } from './read-bank.js';
import { SettleCharge } from './settle-charge.js';
import { StandFaults } from './stand-faults.js';
import { IdempotencyKey } from './wire.js';

const OutcomeBody = z.strictObject({ outcome: z.enum(['approve', 'fail']) });

/** Voids, asked for by a shop, and challenges, answered by its shopper (whom the bank's faults do not touch). */
@Controller('bank')
export class SettleChargeHttp {
  constructor(
    private readonly settle: SettleCharge,
    private readonly readBank: ReadBank,
    private readonly faults: StandFaults,
  ) {}

  @Post('charges/:id/void')
  @HttpCode(200)
  async void(@Param('id') chargeId: string): Promise<unknown> {
    await this.faults.pass('bank');
    return this.show(await this.settle.void(chargeId), chargeId);
  }

  /** By the key of the charge: also ends one that has not come yet. */
  @Post('voids')
  @HttpCode(200)
  async voidKey(@IdempotencyKey() idempotencyKey: string): Promise<unknown> {
    await this.faults.pass('bank');
    return this.show(await this.settle.voidKey(idempotencyKey), idempotencyKey);
  }

  @Get('challenges/:id')
  async challenge(@Param('id') chargeId: string): Promise<unknown> {
    const challenged = await this.settle.challenge(chargeId);
    if (!challenged) throw noSuch('challenge', chargeId);
    return this.readBank.show(challenged);
  }

  @Post('challenges/:id')
  @HttpCode(200)
  async answer(@Param('id') chargeId: string, @Body({ schema: OutcomeBody }) { outcome }: z.infer<typeof OutcomeBody>): Promise<unknown> {
    const answered = await this.settle.answer(chargeId, outcome);
    if ('kind' in answered) throw noSuch('challenge', chargeId);
    return this.readBank.show(answered);
  }

  private show(voiding: Voiding | NotFound, asked: string): unknown {
    switch (voiding.kind) {
      case 'voided':
      case 'already-voided':
        return this.readBank.show(voiding.charge);
      case 'closed':
        return { idempotencyKey: voiding.idempotencyKey, status: 'voided' };
      case 'not-found':
        throw noSuch('charge', asked);
      case 'refused':
        throw new SandboxProblem(voiding.because);
    }
  }
}
