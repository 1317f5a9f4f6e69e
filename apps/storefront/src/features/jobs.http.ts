import { Controller, Req } from '@nestjs/common';
import type { jobsV1 } from '@tandem/contracts';
import { invalidField, notFound, type Peer } from '@tandem/host';
import type { FastifyRequest } from 'fastify';
import { positionFrom, type StreamedEvent, streamHeaders } from '../domain/event-stream.js';
import { type Answer, noContent, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import type { LiveStreams } from './live-streams.js';
import { hasEnded, Job, jobFrom, JobStream } from './schemas/job.schema.js';

const getJob = endpoint({
  operationId: 'getJob',
  method: 'GET',
  path: '/v1/jobs/:jobId',
  tag: 'Jobs',
  policy: 'user',
  summary: 'How far work is that one waits for',
  answers: { 200: Job },
});
const streamJob = endpoint({
  operationId: 'streamJob',
  method: 'GET',
  path: '/v1/jobs/:jobId/stream',
  tag: 'Jobs',
  policy: 'user',
  isStream: true,
  reads: ['Last-Event-ID'],
  summary: 'A job, live, as server-sent events; 204 to who has the last of them',
  answers: { 200: JobStream, 204: null },
});
const cancelJob = endpoint({
  operationId: 'cancelJob',
  method: 'POST',
  path: '/v1/jobs/:jobId/cancel',
  tag: 'Jobs',
  policy: 'user',
  idempotencyKey: 'honoured',
  summary: 'End a job that has not ended; asking again changes nothing',
  answers: { 200: Job },
  refuses: ['job-ended'],
});

/** A service that owns jobs, and the open streams of them. */
export type JobOwner = { readonly peer: Pick<Peer<typeof jobsV1.JobServiceService>, 'getJob' | 'cancelJob'>; readonly live: LiveStreams };

/** Who owns which jobs: by the prefix of their ids. */
export class JobOwners {
  constructor(private readonly owners: Readonly<Record<string, JobOwner>>) {}

  /** Refuses an id whose prefix nobody has, as one of a job that is not there. */
  of(jobId: string): JobOwner {
    const prefix = jobId.slice(0, jobId.lastIndexOf('_'));
    const owner = Object.hasOwn(this.owners, prefix) ? this.owners[prefix] : undefined;
    if (!owner) throw notFound();
    return owner;
  }
}

/** A state of a job as an event of its stream. */
export function jobEvent(job: jobsV1.Job): StreamedEvent {
  return { sequence: job.version, type: job.state, body: jobFrom(job), isLast: hasEnded(job) };
}

/** Work that one waits for. */
@Controller()
export class JobsHttp {
  constructor(private readonly owners: JobOwners) {}

  @Serves(getJob)
  async get({ params, as }: CallOf<typeof getJob>): Promise<Answer> {
    return ok(jobFrom(await this.owners.of(params.jobId).peer.getJob(params, as)));
  }

  @Serves(streamJob)
  async stream({ params, header, principal, as }: CallOf<typeof streamJob>, @Req() request: FastifyRequest): Promise<Answer> {
    const after = positionFrom(header('last-event-id'));
    if (after === undefined) throw invalidField('/header/Last-Event-ID', 'invalid-format', 'wants the id of an event of this stream');
    const { peer, live } = this.owners.of(params.jobId);
    const job = await peer.getJob(params, as);
    if (hasEnded(job) && after >= job.version) return noContent(); // clients that connect again by themselves stop here: HTML standard, "Server-sent events"
    if (request.method === 'HEAD') return ok(undefined, streamHeaders);
    return ok(live.run({ id: params.jobId, principalId: principal.id, after }), streamHeaders);
  }

  @Serves(cancelJob)
  async cancel({ params, as }: CallOf<typeof cancelJob>): Promise<Answer> {
    return ok(jobFrom(await this.owners.of(params.jobId).peer.cancelJob(params, as)));
  }
}
