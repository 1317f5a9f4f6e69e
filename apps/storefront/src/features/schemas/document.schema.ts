import { z } from 'zod';
import { Job } from './job.schema.js';

/** What is not made yet. */
export const PendingDocument = z
  .object({ job: Job.nullable().describe('The job that makes it; null in the moments before there is one') })
  .meta({ id: 'PendingDocument' });
