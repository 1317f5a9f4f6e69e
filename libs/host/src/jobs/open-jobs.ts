import type { IdKind } from '@tandem/kernel';
import { newUuid } from '../ids.js';
import { GrowthFeed } from '../live/growth-feed.js';
import { pgGrowthChannel } from '../live/pg-growth-channel.js';
import { type Host, provide } from '../service.js';
import type { Jobs, Remember } from './jobs.js';
import { JobSources, JobsGrpc } from './jobs.grpc.js';
import { countFailed } from './metrics.js';
import { pgJobs } from './pg-jobs.js';

/** A message is retried for about an hour; what nobody has touched for longer has no worker any more. Source: docs/reference/jobs.md. */
const limits = { lostAfterHours: { running: 2, queued: 24 }, keptDays: 30 };
const tendEveryMs = 600_000;

/**
 * The jobs of a service that declares `serves: { …, JobService: jobsV1.JobServiceService }`: what its workers use, and what it composes
 * (`controllers`, `providers`, `background`). `idKind` is the prefix of its job ids, by which the storefront finds the service; `remember` is
 * told of what is forgotten after 30 days. Each job that fails is counted once, by the process that failed it.
 */
export function openJobs(
  { database, base, logger, schedules, metrics }: Pick<Host, 'database' | 'base' | 'logger' | 'schedules' | 'metrics'>,
  idKind: IdKind,
  remember?: Remember,
) {
  const channel = pgGrowthChannel({ channel: 'platform_job', database, connectionString: base.databaseUrl ?? '', self: newUuid(), logger });
  const feed = new GrowthFeed('job feed', channel, logger);
  const hasFailed = countFailed(metrics.registry);
  const jobs: Jobs = pgJobs(database, (id, failure) => {
    feed.grew(id);
    if (failure !== undefined) hasFailed(failure);
  });
  return {
    jobs,
    controllers: [JobsGrpc],
    providers: [provide(JobSources, new JobSources(idKind, jobs, feed, database))],
    background: [feed, schedules.every({ name: 'tend-jobs', everyMs: tendEveryMs, work: () => jobs.tend(limits, remember) })],
  };
}
