import type { Database } from '@tandem/kernel';
import { createMessaging, type EventLog, type Messaging } from '@tandem/messaging';
import { customerV1 } from '@tandem/contracts';
import type { JSONWebKeySet } from 'jose';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { BaseConfig, Environment } from './config.js';
import { crashPoints, type Reach } from './crash-points/reach.js';
import { databaseWithCrashPoints, logWithCrashPoints } from './crash-points/with-crash-points.js';
import { createDatabase, createPool } from './database.js';
import { openEventLog } from './event-log.js';
import type { Neighbours } from './grpc/neighbours.js';
import { createPeer, type Peer } from './grpc/peer.js';
import { createIdentity, type Identity } from './identity.js';
import { newUuid, toPublicId } from './ids.js';
import { createLogger } from './logger.js';
import { createMetrics, measurePool, type Metrics } from './metrics.js';
import type { Load } from './overload/load.js';
import { peerUrl } from './peer-url.js';
import { createSchedules, type Schedules } from './schedules.js';
import type { ServiceDefinition } from './service.js';

export type BootOptions = {
  /** One log for several services of one process; closed by whoever made it. */
  readonly log?: EventLog;
  /** The services of this process, when there are several: they call each other without dialling. */
  readonly neighbours?: Neighbours;
  /** Where the services of this process, when there are several, leave what they measure: `/metrics` of each tells of all. */
  readonly registries?: Set<Registry>;
  /** Process figures are measured by one service of a process. Default true. */
  readonly measuresProcess?: boolean;
  /** Called when the service can never work again; the process should end. */
  readonly onFatal: (error: Error) => void;
};

/** What a service stands on. `reach`: development's crash points; undefined when nobody proves anything. */
export type Parts = {
  base: BaseConfig;
  logger: Logger;
  metrics: Metrics;
  pool: pg.Pool | undefined;
  log: EventLog | undefined;
  messaging: Messaging | undefined;
  identity: Identity;
  peers: Peer<object>[];
  load: Load | undefined;
  schedules: Schedules | undefined;
  neighbours: Neighbours | undefined;
  reach: Reach | undefined;
  registries: ReadonlySet<Registry>;
};

/** Opens what the service needs; nothing is dialled yet. */
export async function openParts<C>(
  definition: ServiceDefinition<C>,
  { base, env, options }: { base: BaseConfig; env: Environment; options: BootOptions },
): Promise<Parts> {
  const logger = createLogger(definition.name, base.logLevel);
  const metrics = createMetrics(definition.name, options.measuresProcess ?? true);
  const pool = definition.needs.database && base.databaseUrl ? createPool(base.databaseUrl, base.poolSize, logger) : undefined;
  if (pool) measurePool(metrics.registry, pool);
  const reach = base.crashPoints === null ? undefined : crashPoints(base.crashPoints, definition.name);
  const opened = definition.needs.events ? (options.log ?? openEventLog(base, logger)) : undefined;
  const log = opened && reach ? logWithCrashPoints(opened, reach) : opened;
  const database = pool && databaseOn(pool, reach);
  const messaging =
    database && log && base.databaseUrl
      ? createMessaging({
          service: definition.name,
          database,
          connectionString: base.databaseUrl,
          log,
          newId: newUuid,
          deadLetterId: (uuid) => toPublicId('deadLetter', uuid),
          logger,
          registry: metrics.registry,
          validate: base.mode === 'development',
          onFatal: options.onFatal,
        })
      : undefined;
  const peers: Peer<object>[] = [];
  const customer = createPeer(customerV1.CustomerServiceService, {
    name: 'customer',
    url: peerUrl('customer', env),
    serviceToken: () => Promise.resolve(''),
    neighbours: options.neighbours,
  });
  peers.push(customer);
  const fetchJwks = async (): Promise<JSONWebKeySet> =>
    JSON.parse((await customer.getJwks({}, { isRepeatable: true })).json) as JSONWebKeySet;
  const identity = createIdentity({ service: definition.name, signingKey: base.serviceSigningKey, fetchJwks });
  const schedules = database && createSchedules(database, logger);
  return {
    base,
    logger,
    metrics,
    pool,
    log,
    messaging,
    identity,
    peers,
    load: undefined,
    schedules,
    neighbours: options.neighbours,
    reach,
    registries: (options.registries ?? new Set()).add(metrics.registry),
  };
}

/** The service's database, with its crash points where there are some. */
export function databaseOn(pool: pg.Pool, reach: Reach | undefined): Database {
  const database = createDatabase(pool);
  return reach ? databaseWithCrashPoints(database, reach) : database;
}
