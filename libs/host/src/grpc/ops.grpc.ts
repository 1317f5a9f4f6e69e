import { Controller } from '@nestjs/common';
import type { commonV1, opsV1 } from '@tandem/contracts';
import type { Operations } from '@tandem/messaging';
import type { AuditAnswers } from '../audit-answers.js';
import type { LoadFacts } from '../overload/load.js';
import type { RefusalFacts } from '../overload/refusals.js';
import { Rpc } from './rpc.js';

/** What the operations RPCs of one service stand on. */
export class OpsSources {
  constructor(
    readonly service: string,
    readonly blockers: () => Promise<readonly string[]>,
    readonly operations: Operations | undefined,
    readonly audit: AuditAnswers,
    /** `undefined` for a service that sheds nothing. */
    readonly load: () => LoadFacts | RefusalFacts | undefined,
  ) {}
}

/** Readiness, consumers, outbox and audit facts of one service. The dead letters are in `dead-letters.grpc.ts`. */
@Controller()
export class OpsGrpc {
  constructor(private readonly sources: OpsSources) {}

  @Rpc('OpsService', 'getReadiness', ['public'])
  async getReadiness(_request: commonV1.Empty): Promise<opsV1.Readiness> {
    const reasons = await this.sources.blockers();
    return { service: this.sources.service, ready: reasons.length === 0, reasons: [...reasons] };
  }

  @Rpc('OpsService', 'listConsumers', ['staff', 'service'])
  async listConsumers(_request: commonV1.Empty): Promise<opsV1.Consumers> {
    const consumers = (await this.sources.operations?.consumers()) ?? [];
    return {
      consumers: consumers.map((consumer) => ({
        ...consumer,
        lag: String(consumer.lag ?? 0),
        oldestAgeMs: String(consumer.oldestAgeMs ?? 0),
        parked: String(consumer.parked),
        isLogSilent: consumer.lag === null,
      })),
    };
  }

  @Rpc('OpsService', 'getOutbox', ['staff', 'service'])
  async getOutbox(_request: commonV1.Empty): Promise<opsV1.OutboxState> {
    const state = (await this.sources.operations?.outbox()) ?? {
      pending: 0,
      oldestAgeMs: 0,
      refused: 0,
      refusedIds: [],
    };
    return {
      service: this.sources.service,
      pending: String(state.pending),
      oldestAgeMs: String(state.oldestAgeMs),
      refused: String(state.refused),
      refusedIds: [...state.refusedIds],
    };
  }

  @Rpc('OpsService', 'getLoad', ['staff', 'service'])
  async getLoad(_request: commonV1.Empty): Promise<opsV1.Load> {
    const load = this.sources.load();
    const times = load && 'waitMs' in load ? load : { waitMs: 0, serviceMs: 0 };
    const shed = Object.entries(load?.shed ?? {}).map(([work, count]) => ({ work, count: String(count) }));
    return {
      service: this.sources.service,
      isMeasured: load !== undefined,
      level: load?.level ?? 0,
      waitMs: times.waitMs,
      serviceMs: times.serviceMs,
      shed,
    };
  }

  @Rpc('OpsService', 'listAuditFacts', ['staff', 'service'])
  async listAuditFacts(request: opsV1.ListAuditFactsRequest): Promise<opsV1.AuditFactPage> {
    return this.sources.audit.answer(request);
  }
}
