import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { RawBodyRequest } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ReceivedWebhook } from '../domain/ports.js';
import { KeepWebhooks } from './keep-webhooks.js';
import { SandboxProblem } from './problem.js';
import { listQuery, pageOf, text, toList } from './wire.js';

const Name = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/);
const ListQuery = listQuery({ name: text(100).optional() });

/** The webhook receiver: takes anything, of any content type, and shows it byte for byte. */
@Controller('webhooks')
export class KeepWebhooksHttp {
  constructor(private readonly webhooks: KeepWebhooks) {}

  @Post('inbox/:name')
  @HttpCode(200)
  async receive(@Param('name') name: string, @Req() request: RawBodyRequest<FastifyRequest>): Promise<unknown> {
    if (!Name.safeParse(name).success) throw new SandboxProblem('not-found');
    return this.webhooks.keep(name, headersOf(request), request.rawBody ?? Buffer.alloc(0));
  }

  @Get('received')
  async received(@Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>): Promise<unknown> {
    return toList(await this.webhooks.list(query, pageOf(query)), show);
  }
}

function headersOf(request: FastifyRequest): ReceivedWebhook['headers'] {
  return Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function show({ id, name, headers, body, receivedAt }: ReceivedWebhook): Record<string, unknown> {
  return { id, name, headers, body, receivedAt: receivedAt.toISOString() };
}
