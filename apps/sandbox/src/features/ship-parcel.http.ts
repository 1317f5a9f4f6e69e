import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Label } from '../domain/label.js';
import { noSuch, SandboxProblem } from './problem.js';
import { PrintLabel } from './print-label.js';
import { ReadLabels } from './read-labels.js';
import { ShipParcel } from './ship-parcel.js';
import { StandFaults } from './stand-faults.js';
import { IdempotencyKey, listQuery, pageOf, text, toList } from './wire.js';

/** The carrier is not choosy: it keeps whatever else an address says. */
const Address = z.looseObject({ line1: text(500) });
const LabelBody = z.strictObject({
  orderId: text(100),
  shippingAddress: Address,
  parcels: z
    .array(z.looseObject({ weightGrams: z.int().nonnegative() }))
    .min(1)
    .max(100),
  service: text(100).default('standard'),
});
const EventBody = z.strictObject({ status: z.enum(['in-transit', 'delivered', 'lost', 'returned']) });
const ListQuery = listQuery({ orderId: text(100).optional(), idempotencyKey: text(255).optional(), trackingCode: text(100).optional() });

/** The carrier's HTTP API. Calls of a shop pass the carrier's faults; moving a parcel and reading by order do not. */
@Controller('carrier')
export class ShipParcelHttp {
  constructor(
    private readonly shipParcel: ShipParcel,
    private readonly readLabels: ReadLabels,
    private readonly printLabel: PrintLabel,
    private readonly faults: StandFaults,
  ) {}

  @Post('labels')
  @HttpCode(201)
  async buyLabel(@IdempotencyKey() idempotencyKey: string, @Body({ schema: LabelBody }) body: z.infer<typeof LabelBody>): Promise<unknown> {
    await this.faults.pass('carrier');
    const outcome = await this.shipParcel.buyLabel({ idempotencyKey, ...body });
    if (outcome.kind === 'refused') throw new SandboxProblem(outcome.because);
    return show(outcome.label);
  }

  @Get('labels')
  async labels(@Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>): Promise<unknown> {
    if (query.idempotencyKey !== undefined || query.trackingCode !== undefined) await this.faults.pass('carrier');
    return toList(await this.readLabels.run(query, pageOf(query)), show);
  }

  @Get('labels/:id/document')
  @Header('content-type', 'application/pdf')
  async document(@Param('id') id: string): Promise<Uint8Array> {
    await this.faults.pass('carrier');
    const outcome = await this.printLabel.run(id);
    if (outcome.kind === 'not-found') throw noSuch('label', id);
    if (outcome.kind !== 'printed') throw new SandboxProblem(outcome.kind);
    return outcome.pdf;
  }

  @Post('labels/:id/void')
  @HttpCode(200)
  async voidLabel(@Param('id') id: string): Promise<unknown> {
    await this.faults.pass('carrier');
    const outcome = await this.shipParcel.voidLabel(id);
    switch (outcome.kind) {
      case 'voided':
      case 'already-voided':
        return show(outcome.label);
      case 'not-found':
        throw noSuch('label', id);
      case 'refused':
        throw new SandboxProblem(outcome.because);
    }
  }

  @Post('shipments/:trackingCode/events')
  @HttpCode(201)
  async report(
    @Param('trackingCode') trackingCode: string,
    @Body({ schema: EventBody }) { status }: z.infer<typeof EventBody>,
  ): Promise<unknown> {
    const outcome = await this.shipParcel.report(trackingCode, status);
    switch (outcome.kind) {
      case 'moved':
        return { trackingCode, status, at: outcome.at.toISOString() };
      case 'not-found':
        throw noSuch('parcel', trackingCode);
      case 'refused':
        throw new SandboxProblem(outcome.because);
    }
  }
}

function show({ id, orderId, trackingCode, status, createdAt }: Label): Record<string, unknown> {
  return { id, orderId, trackingCode, status, createdAt: createdAt.toISOString() };
}
