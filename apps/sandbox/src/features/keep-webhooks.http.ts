import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { RawBodyRequest } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ReceivedWebhook } from '../domain/ports.js';
import { KeepWebhooks } from './keep-webhooks.js';
import { SandboxProblem } from './problem.js';
import { listQuery, pageOf, text, toList } from './wire.js';

const Name = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/);
/** `whsec_` and a key in base64. Source: Standard Webhooks 1.0. */
const Secret = z.string().refine((secret) => {
  const key = secret.slice('whsec_'.length);
  return secret.startsWith('whsec_') && key !== '' && Buffer.from(key, 'base64').toString('base64') === key;
}, 'wants whsec_ and a key in base64');
const SecretBody = z.strictObject({ secret: Secret.nullable() });
const ListQuery = listQuery({ name: text(100).optional() });

/** The webhook receiver: takes anything, of any content type, and shows it byte for byte. One that knows its secret refuses what is not signed with it, and shows that too. */
@Controller('webhooks')
export class KeepWebhooksHttp {
  constructor(private readonly webhooks: KeepWebhooks) {}

  @Post('inbox/:name')
  @HttpCode(200)
  async receive(@Param('name') name: string, @Req() request: RawBodyRequest<FastifyRequest>): Promise<unknown> {
    if (!Name.safeParse(name).success) throw noReceiver(name);
    const kept = await this.webhooks.keep(name, headersOf(request), request.rawBody ?? Buffer.alloc(0));
    if (kept.verified === false) throw new SandboxProblem('signature-invalid');
    return kept;
  }

  @Put(':name/secret')
  @HttpCode(204)
  async secret(@Param('name') name: string, @Body({ schema: SecretBody }) { secret }: z.infer<typeof SecretBody>): Promise<void> {
    if (!Name.safeParse(name).success) throw noReceiver(name);
    await this.webhooks.setSecret(name, secret);
  }

  @Get('received')
  async received(@Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>): Promise<unknown> {
    return toList(await this.webhooks.list(query, pageOf(query)), show);
  }
}

function noReceiver(name: string): SandboxProblem {
  return new SandboxProblem(
    'not-found',
    `there is no receiver ${name}: a name is 1 to 100 of letters, digits, dots, underscores and hyphens`,
  );
}

function headersOf(request: FastifyRequest): ReceivedWebhook['headers'] {
  return Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function show({ id, name, headers, body, verified, receivedAt }: ReceivedWebhook): Record<string, unknown> {
  return { id, name, headers, body, verified, receivedAt: receivedAt.toISOString() };
}
