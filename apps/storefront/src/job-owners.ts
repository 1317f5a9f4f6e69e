import { jobsV1 } from '@tandem/contracts';
import type { Host } from '@tandem/host';
import { grpcJobFeed } from './adapters/grpc-job-feed.js';
import { jobEvent, type JobOwner } from './features/jobs.http.js';
import { LiveStreams } from './features/live-streams.js';

/** The services that own jobs, by the prefix of their ids. One that joins is a line here, and its address in config.ts. */
export function jobOwners(host: Host, urls: Readonly<Record<'document' | 'media', string>>): Readonly<Record<string, JobOwner>> {
  return { docjob: ownerOf(host, 'document', urls.document), mediajob: ownerOf(host, 'media', urls.media) };
}

function ownerOf(host: Host, service: string, url: string): JobOwner {
  const peer = host.peer(service, jobsV1.JobServiceService);
  const feed = grpcJobFeed({ peer, url, eventOf: jobEvent, serviceToken: () => host.identity.serviceToken(), logger: host.logger });
  return { peer, live: new LiveStreams(`live jobs of ${service}`, feed, host.logger) };
}
