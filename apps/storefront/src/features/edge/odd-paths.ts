import type { IncomingMessage, Server } from 'node:http';

/** No id or slug is longer; Fastify's limit for a parameter. */
const maxSegment = 500;
/** A path nothing is served at. */
const nowhere = '/-';

/** Sends requests for paths that no router can read to a path that is not there, so that they are answered like any unknown path. */
export function divertOddPaths(server: Server): void {
  server.prependListener('request', (request: IncomingMessage) => {
    if (!isReadable((request.url ?? '/').split('?')[0] ?? '')) request.url = nowhere;
  });
}

function isReadable(path: string): boolean {
  try {
    return decodeURI(path)
      .split('/')
      .every((segment) => segment.length <= maxSegment);
  } catch {
    return false; // not percent-encoded UTF-8
  }
}
