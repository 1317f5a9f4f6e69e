import { Controller } from '@nestjs/common';
import { type commonV1, opsV1 } from '@tandem/contracts';
import type { Database } from '@tandem/kernel';
import { hashOf, once, scopeOf } from '../idempotency.js';
import { invalidField, noSuch } from '../refusal.js';
import type { Schedules, ScheduleState, Steering } from '../schedules.js';
import type { Caller } from './caller.js';
import { Rpc } from './rpc.js';

/** The schedules of one service; none for a service without a database. */
export class ScheduleSources {
  constructor(
    readonly service: string,
    readonly kept: { readonly schedules: Schedules; readonly database: Database } | undefined,
  ) {}
}

const actions: readonly string[] = ['pause', 'resume', 'run'] satisfies Steering['action'][];

/** What a service does by itself, as an operator sees and steers it. */
@Controller()
export class SchedulesGrpc {
  constructor(private readonly sources: ScheduleSources) {}

  @Rpc('OpsService', 'listSchedules', ['staff', 'service'])
  async list(_request: commonV1.Empty): Promise<opsV1.Schedules> {
    const states = (await this.sources.kept?.schedules.list()) ?? [];
    return { schedules: states.map((state) => this.reply(state)) };
  }

  @Rpc('OpsService', 'steerSchedule', ['staff', 'service'])
  async steer(request: opsV1.SteerScheduleRequest, caller: Caller): Promise<opsV1.Schedule> {
    const { name, action, actor, reason } = request;
    if (!actions.includes(action)) throw invalidField('/action', 'invalid', actions.join(', '));
    if (!this.sources.kept) throw noSuch('schedule', name);
    const { database, schedules } = this.sources.kept;
    const scope = scopeOf(caller, hashOf('ops.SteerSchedule', opsV1.SteerScheduleRequest.encode(request).finish()));
    return once(database, caller, scope, {
      prepare: () => Promise.resolve(),
      run: async (tx) => {
        const state = await schedules.steer(tx, { name, action: action as Steering['action'], actor, reason });
        if (!state) throw noSuch('schedule', name);
        return this.reply(state);
      },
    });
  }

  private reply({
    name,
    everyMs,
    lastRunAt,
    lastMs,
    lastError,
    nextRunAt,
    pausedAt,
    steeredBy,
    steeredBecause,
  }: ScheduleState): opsV1.Schedule {
    return {
      service: this.sources.service,
      name,
      everyMs: String(everyMs),
      lastRunAt: lastRunAt?.toISOString() ?? '',
      lastMs: lastMs ?? 0,
      lastError: lastError ?? '',
      nextRunAt: nextRunAt.toISOString(),
      pausedAt: pausedAt?.toISOString() ?? '',
      steeredBy: steeredBy ?? '',
      steeredBecause: steeredBecause ?? '',
    };
  }
}
