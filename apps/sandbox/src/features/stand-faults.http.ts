import { Body, Controller, Get, Put } from '@nestjs/common';
import { z } from 'zod';
import { type Faults, faultTargets } from '../domain/fault.js';
import { StandFaults } from './stand-faults.js';

/** A fault that is named is named whole; what is left out of it is healthy. */
const Fault = z.strictObject({
  errorRate: z.number().min(0).max(1).default(0),
  latencyMs: z.int().min(0).max(600_000).default(0),
  down: z.boolean().default(false),
});
const FaultsBody = z.partialRecord(z.enum(faultTargets), Fault);

/** The faults of the outside world, set by people and tests. They outlive a restart. */
@Controller('faults')
export class StandFaultsHttp {
  constructor(private readonly faults: StandFaults) {}

  @Get()
  show(): Promise<Faults> {
    return this.faults.show();
  }

  @Put()
  set(@Body({ schema: FaultsBody }) changed: z.infer<typeof FaultsBody>): Promise<Faults> {
    return this.faults.set(changed);
  }
}
