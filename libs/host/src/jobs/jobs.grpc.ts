import { Controller } from '@nestjs/common';
import { jobsV1 } from '@tandem/contracts';
import type { Database, IdKind } from '@tandem/kernel';
import { map, type Observable } from 'rxjs';
import { type Caller, isStaff, principalOf } from '../grpc/caller.js';
import { Rpc } from '../grpc/rpc.js';
import { hashOf, once, scopeOf } from '../idempotency.js';
import { parsePublicId, toPublicId } from '../ids.js';
import type { GrowthFeed } from '../live/growth-feed.js';
import { invalidField, noSuch, Refusal } from '../refusal.js';
import type { Job, Jobs } from './jobs.js';

/** Source: jobs.proto, `ReadJobs`. */
const mostJobs = 100;

/** The jobs of the service, and what its RPCs stand on. */
export class JobSources {
  constructor(
    readonly idKind: IdKind,
    readonly jobs: Jobs,
    readonly feed: Pick<GrowthFeed, 'run'>,
    readonly database: Database,
  ) {}
}

/** The jobs of one service, as who waits for them sees them. */
@Controller()
export class JobsGrpc {
  constructor(private readonly sources: JobSources) {}

  @Rpc('JobService', 'getJob', ['user'])
  async get({ jobId }: jobsV1.JobRequest, caller: Caller): Promise<jobsV1.Job> {
    return jobReply(this.sources.idKind, await this.seen(jobId, caller));
  }

  @Rpc('JobService', 'cancelJob', ['user'])
  async cancel(request: jobsV1.JobRequest, caller: Caller): Promise<jobsV1.Job> {
    const { jobId } = request;
    const { id } = await this.seen(jobId, caller);
    const scope = scopeOf(caller, hashOf('jobs.CancelJob', jobsV1.JobRequest.encode(request).finish()));
    return once(this.sources.database, caller, scope, {
      prepare: () => Promise.resolve(),
      run: async (tx) => {
        const job = await this.sources.jobs.cancel(tx, id);
        if (!job) throw noSuch('job', jobId);
        if (job.state !== 'cancelled')
          throw new Refusal('job-ended', { detail: `${jobId} is ${job.state}; only a job that is queued or running can be cancelled` });
        return jobReply(this.sources.idKind, job);
      },
    });
  }

  @Rpc('JobService', 'followJobs', ['service'])
  follow(): Observable<jobsV1.JobGrowth> {
    return this.sources.feed
      .run()
      .pipe(map(({ ids, isAny }) => ({ jobIds: ids.map((id) => toPublicId(this.sources.idKind, id)), any: isAny })));
  }

  @Rpc('JobService', 'readJobs', ['service'])
  async read({ positions }: jobsV1.ReadJobsRequest): Promise<jobsV1.Jobs> {
    if (positions.length > mostJobs) throw invalidField('/positions', 'too-many', `at most ${mostJobs}`);
    const known = positions.flatMap(({ jobId, version }) => {
      const id = parsePublicId(this.sources.idKind, jobId);
      return id === undefined ? [] : [{ id, version }];
    });
    return { jobs: (await this.sources.jobs.newer(known)).map((job) => jobReply(this.sources.idKind, job)) };
  }

  private async seen(jobId: string, caller: Caller): Promise<Job> {
    const id = parsePublicId(this.sources.idKind, jobId);
    const job = id === undefined ? undefined : await this.sources.jobs.find(id);
    if (!job || !(isStaff(caller) || job.ownerId === principalOf(caller).id)) throw noSuch('job', jobId);
    return job;
  }
}

/** A job on the wire, for the RPCs of its own service that answer with one. */
export function jobReply(idKind: IdKind, { id, kind, state, progress, version, createdAt, changedAt, result, failure }: Job): jobsV1.Job {
  return {
    id: toPublicId(idKind, id),
    kind,
    state,
    progress,
    version,
    createdAt: createdAt.toISOString(),
    changedAt: changedAt.toISOString(),
    resultJson: state === 'done' ? JSON.stringify(result) : undefined,
    failure: failure ?? undefined,
  };
}
