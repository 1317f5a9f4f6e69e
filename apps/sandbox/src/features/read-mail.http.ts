import { Controller, Get, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Mail } from '../domain/ports.js';
import { noSuch } from './problem.js';
import { ReadMail } from './read-mail.js';
import { listQuery, pageOf, text, toList } from './wire.js';

const ListQuery = listQuery({ to: text(320).optional(), messageId: text(1_000).optional() });

/** The mailbox as people and tests read it. A list by message id says whether such a mail is in hand: it may be kept a little later. */
@Controller('mailbox')
export class ReadMailHttp {
  constructor(private readonly readMail: ReadMail) {}

  @Get('messages')
  async list(@Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>): Promise<unknown> {
    const page = await this.readMail.list(query, pageOf(query));
    return { ...toList(page, show), inHand: page.isInHand };
  }

  @Get('messages/:id')
  async one(@Param('id') id: string): Promise<unknown> {
    const found = await this.readMail.one(id);
    if (!found) throw noSuch('message', id);
    return { ...show(found.mail), ...found.content };
  }
}

function show({ id, to, from, subject, receivedAt }: Mail): Record<string, unknown> {
  return { id, to, from, subject, receivedAt: receivedAt.toISOString() };
}
