import { Controller, Get, Query } from '@nestjs/common';
import type { z } from 'zod';
import { ReadBank, showRefund } from './read-bank.js';
import { StandFaults } from './stand-faults.js';
import { listQuery, pageOf, text, toList } from './wire.js';

const ListQuery = listQuery({ orderId: text(100).optional(), idempotencyKey: text(255).optional() });
type ListQuery = z.infer<typeof ListQuery>;

/** The bank's books. Asking by key is the shop's way to learn the truth and passes the faults; reading by order or all is for people and tests. */
@Controller('bank')
export class ReadBankHttp {
  constructor(
    private readonly readBank: ReadBank,
    private readonly faults: StandFaults,
  ) {}

  @Get('charges')
  async charges(@Query({ schema: ListQuery }) query: ListQuery): Promise<unknown> {
    if (query.idempotencyKey !== undefined) await this.faults.pass('bank');
    return toList(await this.readBank.charges(query, pageOf(query)), (charge) => this.readBank.show(charge));
  }

  @Get('refunds')
  async refunds(@Query({ schema: ListQuery }) query: ListQuery): Promise<unknown> {
    if (query.idempotencyKey !== undefined) await this.faults.pass('bank');
    return toList(await this.readBank.refunds(query, pageOf(query)), showRefund);
  }
}
