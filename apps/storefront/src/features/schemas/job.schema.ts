import type { jobsV1 } from '@tandem/contracts';
import { z } from 'zod';
import { present } from './common.schema.js';

export const Job = z
  .object({
    id: z.string(),
    kind: z.string().describe('What is done, e.g. `invoice`'),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
    progress: z.int().min(0).max(100),
    result: z.unknown().optional().describe('What was made; of a job that is done'),
    failure: z.string().optional().describe('Why; of a job that failed'),
    createdAt: z.string(),
    changedAt: z.string(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

/** One of the server-sent events of a stream, as tools that read streams check it. */
export const JobStream = z
  .object({ id: z.string().describe('The version'), event: z.string().describe('The state'), data: z.string().describe('The job as JSON') })
  .meta({ id: 'JobStream', description: 'Each event; the stream ends after the last state' });

export function jobFrom({ id, kind, state, progress, createdAt, changedAt, resultJson, failure }: jobsV1.Job): Job {
  return {
    id,
    kind,
    state: state as Job['state'],
    progress,
    ...present({ result: resultJson === undefined ? undefined : (JSON.parse(resultJson) as unknown), failure }),
    createdAt,
    changedAt,
  };
}

export function hasEnded({ state }: Pick<jobsV1.Job, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}
