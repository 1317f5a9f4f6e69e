import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { SmsMessage } from '../domain/ports.js';
import { SandboxProblem } from './problem.js';
import { SendSms } from './send-sms.js';
import { StandFaults } from './stand-faults.js';
import { IdempotencyKey, listQuery, pageOf, text, toList } from './wire.js';

/** Ten messages put together, as providers allow it. */
const mostCharacters = 1_530;

const SmsBody = z.strictObject({
  to: z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a number of E.164, e.g. +4915112345678'),
  text: text(mostCharacters),
});
const ListQuery = listQuery({ to: text(20).optional() });

/** The HTTP API of a provider of text messages. Sending passes its faults; reading does not. */
@Controller('sms')
export class SendSmsHttp {
  constructor(
    private readonly sendSms: SendSms,
    private readonly faults: StandFaults,
  ) {}

  @Post('messages')
  @HttpCode(201)
  async send(@IdempotencyKey() idempotencyKey: string, @Body({ schema: SmsBody }) body: z.infer<typeof SmsBody>): Promise<unknown> {
    await this.faults.pass('sms');
    const outcome = await this.sendSms.run({ idempotencyKey, ...body });
    if (outcome.kind === 'refused') throw new SandboxProblem(outcome.because);
    return show(outcome.message);
  }

  @Get('messages')
  async list(@Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>): Promise<unknown> {
    return toList(await this.sendSms.list(query, pageOf(query)), show);
  }
}

function show({ id, to, text: said, idempotencyKey, receivedAt }: SmsMessage): Record<string, unknown> {
  return { id, to, text: said, idempotencyKey, receivedAt: receivedAt.toISOString() };
}
