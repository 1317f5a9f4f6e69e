import type { INestApplication } from '@nestjs/common';
import type { EventLog, Messaging } from '@tandem/messaging';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Peer } from './grpc/peer.js';
import type { Load } from './overload/load.js';
import type { Readiness } from './readiness.js';
import type { Composition } from './service.js';

/** A service that is up, or as far as its boot has come. */
export type Begun = {
  readonly parts: {
    logger: Logger;
    pool: pg.Pool | undefined;
    log: EventLog | undefined;
    messaging: Messaging | undefined;
    peers: readonly Peer<object>[];
    load: Load | undefined;
  };
  readonly ownsLog: boolean;
  composition?: Composition;
  readiness?: Readiness;
  app?: INestApplication;
  /** Ends that the services of this process call this one without dialling. */
  leave?: (() => Promise<void>) | undefined;
};

/** The way down of a service, once: readiness off, sweepers, consumers and relay, requests, peers, log, database last. */
export function drain(begun: Begun): () => Promise<void> {
  const { parts, ownsLog } = begun;
  let stopping: Promise<void> | undefined;
  const steps: readonly (readonly [string, () => Promise<unknown> | undefined])[] = [
    ['background', () => Promise.all((begun.composition?.background ?? []).map((background) => background.stop()))],
    ['messaging', () => parts.messaging?.stop()],
    ['neighbours', () => begun.leave?.()],
    ['servers', () => begun.app?.close()],
    ['own parts', () => begun.composition?.close?.()],
    ['admission', () => Promise.resolve(parts.load?.stop())],
    ['peers', () => Promise.resolve(parts.peers.forEach((peer) => peer.close()))],
    ['event log', () => (ownsLog ? parts.log?.close() : undefined)],
    ['database', () => parts.pool?.end()],
  ];
  const run = async (): Promise<void> => {
    begun.readiness?.close();
    for (const [name, step] of steps) {
      try {
        await step();
      } catch (error) {
        // One part that fails to close must not keep the others open.
        parts.logger.error({ err: error, step: name }, 'a part did not close');
      }
    }
    parts.logger.info('down');
  };
  return () => (stopping ??= run());
}
