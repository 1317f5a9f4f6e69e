import { jobsV1 } from '@tandem/contracts';
import type { Host } from '@tandem/host';
import { grpcJobFeed } from './adapters/grpc-job-feed.js';
import { jobEvent, type JobOwner } from './features/jobs.http.js';
import { LiveStreams, type OpenStreams } from './features/live-streams.js';

/** The services that own jobs, by the prefix of their ids. One that joins is a line here, and its address in config.ts. */
export function jobOwners(
  host: Host,
  urls: Readonly<Record<'document' | 'media', string>>,
  open: OpenStreams,
): Readonly<Record<string, JobOwner>> {
  return { docjob: ownerOf(host, 'document', { url: urls.document, open }), mediajob: ownerOf(host, 'media', { url: urls.media, open }) };
}

function ownerOf(host: Host, service: string, { url, open }: { readonly url: string; readonly open: OpenStreams }): JobOwner {
  const peer = host.peer(service, jobsV1.JobServiceService);
  const feed = grpcJobFeed({ peer, url, eventOf: jobEvent, serviceToken: () => host.identity.serviceToken(), logger: host.logger });
  return { peer, live: new LiveStreams(`live jobs of ${service}`, { feed, open, logger: host.logger }) };
}
