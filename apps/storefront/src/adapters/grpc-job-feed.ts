import { jobsV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import type { StreamedEvent } from '../domain/event-stream.js';
import type { LiveFeed } from '../domain/live-feed.js';
import { grpcLiveFeed, type LiveFeedParts } from './grpc-live-feed.js';

export type JobFeedParts = Pick<LiveFeedParts<never, never>, 'url' | 'serviceToken' | 'logger'> & {
  readonly peer: Pick<Peer<typeof jobsV1.JobServiceService>, 'readJobs'>;
  readonly eventOf: (job: jobsV1.Job) => StreamedEvent;
};

/** The jobs of one service. States that follow each other faster than they are read are told as the last of them. */
export function grpcJobFeed({ peer, eventOf, ...parts }: JobFeedParts): LiveFeed {
  return grpcLiveFeed({
    ...parts,
    tells: jobsV1.JobServiceService.followJobs,
    asked: {},
    growthOf: ({ jobIds, any }) => ({ ids: jobIds, isAny: any }),
    read: async (positions) => {
      const { jobs } = await peer.readJobs(
        { positions: positions.map(({ id, after }) => ({ jobId: id, version: after })) },
        { isRepeatable: true },
      );
      return new Map(jobs.map((job) => [job.id, [eventOf(job)]]));
    },
  });
}
