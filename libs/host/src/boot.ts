import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';
import { type BaseConfig, type Environment, loadBaseConfig } from './config.js';
import { providerWithCrashPoints } from './crash-points/with-crash-points.js';
import { createApp } from './create-app.js';
import { createDatabase, isDatabaseAway } from './database.js';
import { unservedRpcs } from './grpc/definitions.js';
import { createPeer, type Peer } from './grpc/peer.js';
import type { Metrics } from './metrics.js';
import { createLoad } from './overload/load.js';
import { type BootOptions, databaseOn, openParts, type Parts } from './parts.js';
import { peerUrl } from './peer-url.js';
import { keyPruning } from './prune-keys.js';
import { createReadiness } from './readiness.js';
import type { Background, Composition, Host, ServiceDefinition } from './service.js';
import { type Begun, drain } from './shutdown.js';

/** A service that is up. */
export type RunningService = {
  readonly name: string;
  readonly app: INestApplication;
  readonly metrics: Metrics;
  /** Drains and closes (≤ 15 s): readiness off, requests and the message in hand finished, offsets committed, database last. Once. */
  stop(): Promise<void>;
};

/** Boots one service from its definition. Rejects when the configuration does not hold or an address is taken; nothing is left open then. */
export async function startService<C>(definition: ServiceDefinition<C>, env: Environment, options: BootOptions): Promise<RunningService> {
  const base = loadBaseConfig(definition.name, env);
  const config = definition.config(env);
  const parts = await openParts(definition, { base, env, options });
  const begun: Begun = { parts, ownsLog: !options.log };
  const stop = drain(begun);
  try {
    const composition = (begun.composition = withKeyPruning(await definition.compose(hostOf(definition, parts, env), config), parts));
    const missing = unservedRpcs(Object.values(definition.serves), composition.controllers);
    if (missing.length > 0) throw new TypeError(`${definition.name} cannot boot: ${missing.join('; ')}`);
    const readiness = (begun.readiness = createReadiness(definition.name, parts, composition));
    const app = (begun.app = await createApp(definition, { parts, composition, readiness, begun }));
    await composition.prepare?.(app);
    await app.startAllMicroservices();
    await parts.messaging?.start();
    for (const background of composition.background ?? []) await begin(background, parts.logger);
    await listen(app, definition.publicPort?.(config), base);
    readiness.open();
    parts.logger.info({ grpc: base.grpcListen }, 'up');
    return { name: definition.name, app, metrics: parts.metrics, stop };
  } catch (error) {
    await Promise.race([stop(), sleep(undoLimitMs, undefined, { ref: false })]);
    throw error;
  }
}

/** A database that is away is waited for so long before a boot fails, milliseconds. */
const patienceMs = 60_000;
const pauseMs = 500;

/** What needs the database before the service is up is begun again while it does not answer, as on a machine where everything starts at once. */
async function begin(background: Background, logger: Logger): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await background.start();
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() >= end) throw error;
      logger.warn({ err: error, background: background.name }, 'the database does not answer; it is asked again');
      await sleep(pauseMs);
    }
  }
}

/** A boot that failed waits no longer than this for what it had opened, milliseconds. */
const undoLimitMs = 2_000;

/** Besides its own work, a service with a database forgets old idempotency keys. */
function withKeyPruning(composition: Composition, { pool, schedules }: Parts): Composition {
  return pool && schedules
    ? { ...composition, background: [...(composition.background ?? []), keyPruning(createDatabase(pool), schedules)] }
    : composition;
}

function hostOf<C>(definition: ServiceDefinition<C>, parts: Parts, env: Environment): Host {
  const absent = (what: string): never => {
    throw new TypeError(`${definition.name} did not say that it needs ${what}`);
  };
  const { reach } = parts;
  const database = parts.pool && databaseOn(parts.pool, reach);
  return {
    name: definition.name,
    mode: parts.base.mode,
    base: parts.base,
    logger: parts.logger,
    metrics: parts.metrics,
    now: () => new Date(),
    identity: parts.identity,
    get database() {
      return database ?? absent('a database');
    },
    get pool() {
      return parts.pool ?? absent('a database');
    },
    get outbox() {
      return parts.messaging?.outbox ?? absent('events');
    },
    get log() {
      return parts.log ?? absent('events');
    },
    get schedules() {
      return parts.schedules ?? absent('a database');
    },
    get load() {
      return (parts.load ??= createLoad(parts.metrics.registry));
    },
    peer: (name, generated) => {
      const made = createPeer(generated, {
        name,
        url: peerUrl(name, env),
        serviceToken: () => parts.identity.serviceToken(),
        durations: parts.metrics.rpcCalled,
        retries: parts.metrics.rpcRetried,
        neighbours: parts.neighbours,
        reach,
      });
      parts.peers.push(made as Peer<object>);
      return made;
    },
    outside: (name, provider) => (reach ? providerWithCrashPoints(name, provider, reach) : provider),
  };
}

async function listen(app: INestApplication, publicPort: number | undefined, base: BaseConfig): Promise<void> {
  const at = publicPort === undefined ? base.httpListen : { host: base.httpListen?.host ?? '127.0.0.1', port: publicPort };
  if (at) await app.listen(at.port, at.host);
  else await app.init();
}
