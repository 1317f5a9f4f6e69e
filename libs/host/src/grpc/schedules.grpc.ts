import { Controller } from '@nestjs/common';
import type { commonV1, opsV1 } from '@tandem/contracts';
import { invalidField, noSuch } from '../refusal.js';
import type { Schedules, ScheduleState, Steering } from '../schedules.js';
import { Rpc } from './rpc.js';

/** The schedules of one service; none for a service without a database. */
export class ScheduleSources {
  constructor(
    readonly service: string,
    readonly schedules: Schedules | undefined,
  ) {}
}

const actions: readonly string[] = ['pause', 'resume', 'run'] satisfies Steering['action'][];

/** What a service does by itself, as an operator sees and steers it. */
@Controller()
export class SchedulesGrpc {
  constructor(private readonly sources: ScheduleSources) {}

  @Rpc('OpsService', 'listSchedules', ['staff', 'service'])
  async list(_request: commonV1.Empty): Promise<opsV1.Schedules> {
    const states = (await this.sources.schedules?.list()) ?? [];
    return { schedules: states.map((state) => this.reply(state)) };
  }

  @Rpc('OpsService', 'steerSchedule', ['staff', 'service'])
  async steer({ name, action, actor, reason }: opsV1.SteerScheduleRequest): Promise<opsV1.Schedule> {
    if (!actions.includes(action)) throw invalidField('/action', 'invalid', actions.join(', '));
    const state = await this.sources.schedules?.steer({ name, action: action as Steering['action'], actor, reason });
    if (!state) throw noSuch('schedule', name);
    return this.reply(state);
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
