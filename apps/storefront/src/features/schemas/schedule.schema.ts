import type { opsV1 } from '@tandem/contracts';
import { z } from 'zod';
import { line } from './common.schema.js';

export const ScheduleSteering = z.strictObject({ reason: line(500) }).meta({ id: 'ScheduleSteering' });
export const Schedule = z
  .object({
    service: z.string(),
    name: z.string(),
    everyMs: z.int(),
    lastRunAt: z.string().nullable().describe('Written down every 15 s at least, and after every failure'),
    lastMs: z.int(),
    lastError: z.string().nullable(),
    nextRunAt: z.string(),
    pausedAt: z.string().nullable(),
    steeredBy: z.string().nullable(),
    steeredBecause: z.string().nullable(),
  })
  .meta({ id: 'Schedule' });
export const Schedules = z
  .object({ data: z.array(Schedule), silent: z.array(z.string()).describe('Services that did not answer') })
  .meta({ id: 'Schedules' });

export function scheduleFrom(schedule: opsV1.Schedule): z.infer<typeof Schedule> {
  const { service, name, everyMs, lastRunAt, lastMs, lastError, nextRunAt, pausedAt, steeredBy, steeredBecause } = schedule;
  return {
    service,
    name,
    everyMs: Number(everyMs),
    lastRunAt: lastRunAt || null,
    lastMs,
    lastError: lastError || null,
    nextRunAt,
    pausedAt: pausedAt || null,
    steeredBy: steeredBy || null,
    steeredBecause: steeredBecause || null,
  };
}
