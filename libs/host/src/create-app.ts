import { type DynamicModule, type INestApplication, Module } from '@nestjs/common';
import type { Server } from '@grpc/grpc-js';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { opsV1 } from '@tandem/contracts';
import { AuditAnswers } from './audit-answers.js';
import type { BaseConfig } from './config.js';
import { DeadLettersGrpc, DeadLetterSources } from './grpc/dead-letters.grpc.js';
import { fullNameOf } from './grpc/definitions.js';
import { FlowGrpc, FlowSources } from './grpc/flow.grpc.js';
import { MeasureRpc } from './grpc/measure.js';
import { OpsGrpc, OpsSources } from './grpc/ops.grpc.js';
import { PolicyGuard } from './grpc/policy-guard.js';
import { GrpcProblemFilter } from './grpc/problem-filter.js';
import { ScheduleSources, SchedulesGrpc } from './grpc/schedules.grpc.js';
import { addSystemRoutes } from './http/system-routes.js';
import { nestLogger } from './logger.js';
import { databaseOn, type Parts } from './parts.js';
import type { createReadiness } from './readiness.js';
import { type Composition, provide, type ServiceDefinition } from './service.js';
import type { Begun } from './shutdown.js';
import { version } from './version.js';

@Module({})
class ServiceModule {}

type AppOptions = { parts: Parts; composition: Composition; readiness: ReturnType<typeof createReadiness>; begun: Begun };

/** The Nest application of a service with all its ways in: HTTP, gRPC and, where it has messaging, events. Nothing listens yet. */
export async function createApp<C>(
  definition: ServiceDefinition<C>,
  { parts, composition, readiness, begun }: AppOptions,
): Promise<INestApplication> {
  const database = parts.pool && databaseOn(parts.pool, parts.reach);
  const operations = parts.messaging?.operations;
  const audit = new AuditAnswers({ facts: composition.auditFacts, database, deadLetters: operations?.deadLetters });
  const sources = new OpsSources(
    definition.name,
    readiness.blockers,
    operations,
    audit,
    () => composition.refusals?.() ?? parts.load?.facts(),
  );
  const module: DynamicModule = {
    module: ServiceModule,
    controllers: [...composition.controllers, OpsGrpc, DeadLettersGrpc, FlowGrpc, SchedulesGrpc],
    providers: [
      ...composition.providers,
      provide(OpsSources, sources),
      provide(DeadLetterSources, new DeadLetterSources(operations && database && { deadLetters: operations.deadLetters, database })),
      provide(FlowSources, new FlowSources(definition.name, database)),
      provide(
        ScheduleSources,
        new ScheduleSources(definition.name, parts.schedules && database && { schedules: parts.schedules, database }),
      ),
    ],
  };
  // Trust in proxies, limits of bodies and headers, and two minutes for a whole request, 20 MB at 1.4 Mbit/s: the storefront's; the others answer only system routes.
  const trustProxy = parts.base.trustedProxies.length > 0 ? [...parts.base.trustedProxies] : false;
  const adapter = new FastifyAdapter({
    trustProxy,
    bodyLimit: 100_000,
    requestTimeout: 120_000,
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    http: { maxHeaderSize: 16_384 },
  });
  const app = await NestFactory.create(module, adapter, { logger: nestLogger(parts.logger), abortOnError: false, rawBody: true });
  const generated = [...Object.values(definition.serves), opsV1.OpsServiceService];
  // Each way in has guards and filters of its own: HTTP its controllers', events none.
  const rpc = app.connectMicroservice<MicroserviceOptions>(
    grpcOptions(generated, parts.base, (server) => (begun.leave = parts.neighbours?.join(definition.name, server))),
    { inheritAppConfig: false, deferInitialization: true },
  );
  rpc.useGlobalGuards(new PolicyGuard(parts.identity));
  rpc.useGlobalInterceptors(new MeasureRpc(parts.metrics.rpcServed, parts.logger));
  rpc.useGlobalFilters(new GrpcProblemFilter(parts.logger));
  if (parts.messaging) app.connectMicroservice<MicroserviceOptions>({ strategy: parts.messaging.strategy }, { inheritAppConfig: false });
  const about = { service: definition.name, version };
  addSystemRoutes(
    adapter.getInstance() as never,
    { isAccepting: readiness.isOpen, blockers: readiness.blockers, version: about },
    parts.registries,
  );
  return app;
}

function grpcOptions(definitions: readonly object[], base: BaseConfig, onServer: (server: Server) => void): MicroserviceOptions {
  const names = definitions.map(fullNameOf);
  return {
    transport: Transport.GRPC,
    options: {
      package: names.map((name) => name.package),
      packageDefinition: Object.fromEntries(
        definitions.map((definition, index) => [`${names[index]?.package}.${names[index]?.service}`, definition]),
      ),
      url: `${base.grpcListen.host}:${base.grpcListen.port}`,
      gracefulShutdown: true,
      onLoadPackageDefinition: (_definition: unknown, server: Server) => onServer(server),
    },
  };
}
