import type { INestApplication } from '@nestjs/common';
import type { EventLog, Messaging } from '@tandem/messaging';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Peer } from './grpc/peer.js';
import type { Readiness } from './readiness.js';
import type { Composition } from './service.js';

type Running = {
  readonly app: INestApplication;
  readonly parts: { logger: Logger; pool: pg.Pool | undefined; log: EventLog | undefined; messaging: Messaging | undefined; peers: readonly Peer<object>[] };
  readonly composition: Composition;
  readonly readiness: Readiness;
  readonly ownsLog: boolean;
};

/** The way down of a service, once: readiness off, sweepers, consumers and relay, requests, peers, log, database last. */
export function drain({ app, parts, composition, readiness, ownsLog }: Running): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const steps: readonly (readonly [string, () => Promise<unknown> | undefined])[] = [
    ['background', () => Promise.all((composition.background ?? []).map((background) => background.stop()))],
    ['messaging', () => parts.messaging?.stop()],
    ['servers', () => app.close()],
    ['own parts', () => composition.close?.()],
    ['peers', () => Promise.resolve(parts.peers.forEach((peer) => peer.close()))],
    ['event log', () => (ownsLog ? parts.log?.close() : undefined)],
    ['database', () => parts.pool?.end()],
  ];
  const run = async (): Promise<void> => {
    readiness.close();
    for (const [name, step] of steps) {
      // One part that fails to close must not keep the others open.
      await Promise.resolve(step()).catch((error: unknown) => parts.logger.error({ err: error, step: name }, 'a part did not close'));
    }
    parts.logger.info('down');
  };
  return () => (stopping ??= run());
}
