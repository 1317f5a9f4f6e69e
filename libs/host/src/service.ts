import type { Type } from '@nestjs/common';
import type { Database, Now } from '@tandem/kernel';
import type { EventLog, Outbox } from '@tandem/messaging';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';
import type pg from 'pg';
import type { AuditFacts } from './audit-facts.js';
import type { BaseConfig, Environment, Mode } from './config.js';
import type { Peer } from './grpc/peer.js';
import type { Identity } from './identity.js';
import type { Metrics } from './metrics.js';
import type { Load } from './overload/load.js';
import type { RefusalFacts } from './overload/refusals.js';
import type { Schedules } from './schedules.js';

/** What a service is given to compose itself from. */
export type Host = {
  readonly name: string;
  readonly mode: Mode;
  readonly base: BaseConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now: Now;
  readonly identity: Identity;
  /** Throws for a service without a database. */
  readonly database: Database;
  readonly pool: pg.Pool;
  readonly outbox: Outbox;
  readonly log: EventLog;
  /** Admission of this process; measured from the first time it is asked for. */
  readonly load: Load;
  /** Work that comes again and again, by name. Throws for a service without a database. */
  readonly schedules: Schedules;
  /** Another service, by its name and generated definition: `host.peer('cart', cartV1.CartServiceService)`. */
  peer<D extends object>(name: string, definition: D): Peer<D>;
  /** Every adapter that talks to somebody who is not one of us goes through here: `host.outside('bank', sandboxBank(…))`. What it is given, it gives back. */
  outside<Provider extends object>(name: string, provider: Provider): Provider;
};

/** Work of a service that no request causes: sweepers, schedulers. `start` that failed because the database was away is called again, so it leaves nothing begun. */
export type Background = { readonly name: string; start(): Promise<void>; stop(): Promise<void> };

/** What a service is made of. Controllers are given by `providers`; nothing is found by scanning. */
export type Composition = {
  readonly controllers: readonly Type[];
  /** Instances by class: `provide(Checkout, new Checkout(…))`. */
  readonly providers: readonly { readonly provide: Type; readonly useValue: unknown }[];
  readonly background?: readonly Background[];
  /** Why the service cannot work now; empty when it can. Beside database and log, which the host checks. */
  readonly blockers?: () => Promise<readonly string[]>;
  readonly auditFacts?: AuditFacts;
  /** What it refuses by a bound of its own; the storefront's admission tells its own. */
  readonly refusals?: () => RefusalFacts;
  /** Last touch on the Nest application before it listens (HTTP filters, OpenAPI, static files). */
  readonly prepare?: (app: INestApplication) => Promise<void>;
  /** Closed after the last request, before the database. */
  readonly close?: () => Promise<void>;
};

export function provide<C>(type: abstract new (...args: never[]) => C, useValue: C): { provide: Type; useValue: unknown } {
  return { provide: type as unknown as Type, useValue };
}

/** A service: its name, its configuration, and how it is composed. */
export type ServiceDefinition<Config = unknown> = {
  readonly name: string;
  /** Reads the service's own variables; throws `ConfigError`. */
  readonly config: (env: Environment) => Config;
  readonly needs: { readonly database: boolean; readonly events: boolean };
  /** The RPCs it serves: generated definitions by proto service name, e.g. `{ OrderService: orderV1.OrderServiceService }`. */
  readonly serves: Readonly<Record<string, object>>;
  /** Its public HTTP port, for the few that have one. */
  readonly publicPort?: (config: Config) => number;
  readonly compose: (host: Host, config: Config) => Composition | Promise<Composition>;
};

export function defineService<Config>(definition: ServiceDefinition<Config>): ServiceDefinition<Config> {
  return definition;
}
