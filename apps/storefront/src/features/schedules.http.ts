import { Controller } from '@nestjs/common';
import { noSuch } from '@tandem/host';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { gather } from './fan-out.js';
import { OperatedServices } from './ops.http.js';
import { Schedule, scheduleFrom, Schedules, ScheduleSteering } from './schemas/schedule.schema.js';

const listSchedules = endpoint({
  operationId: 'listSchedules',
  method: 'GET',
  path: '/ops/v1/schedules',
  tag: 'Operations',
  policy: 'staff',
  summary: 'What the services do again and again by themselves: last run, next run, paused or not',
  answers: { 200: Schedules },
});
const pauseSchedule = endpoint({
  operationId: 'pauseSchedule',
  method: 'POST',
  path: '/ops/v1/schedules/:service/:name/pause',
  tag: 'Operations',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Stop a schedule on all replicas until it is resumed',
  body: ScheduleSteering,
  answers: { 200: Schedule },
});
const resumeSchedule = endpoint({
  operationId: 'resumeSchedule',
  method: 'POST',
  path: '/ops/v1/schedules/:service/:name/resume',
  tag: 'Operations',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Let a schedule go on',
  body: ScheduleSteering,
  answers: { 200: Schedule },
});
const runSchedule = endpoint({
  operationId: 'runSchedule',
  method: 'POST',
  path: '/ops/v1/schedules/:service/:name/run',
  tag: 'Operations',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Run a schedule once now, even while it is paused',
  body: ScheduleSteering,
  answers: { 200: Schedule },
});

/** The services' schedules as an operator sees and steers them. */
@Controller()
export class SchedulesHttp {
  constructor(private readonly services: OperatedServices) {}

  @Serves(listSchedules)
  async list({ as }: CallOf<typeof listSchedules>): Promise<Answer> {
    const { answers, silent } = await gather(this.services.all, (ops) => ops.listSchedules({}, as));
    return ok({ data: answers.flatMap(({ answer }) => answer.schedules.map(scheduleFrom)), silent });
  }

  @Serves(pauseSchedule)
  pause(call: CallOf<typeof pauseSchedule>): Promise<Answer> {
    return this.steer(call, 'pause');
  }

  @Serves(resumeSchedule)
  resume(call: CallOf<typeof resumeSchedule>): Promise<Answer> {
    return this.steer(call, 'resume');
  }

  @Serves(runSchedule)
  run(call: CallOf<typeof runSchedule>): Promise<Answer> {
    return this.steer(call, 'run');
  }

  private async steer(
    { params, body, principal, as }: Pick<CallOf<typeof pauseSchedule>, 'params' | 'body' | 'principal' | 'as'>,
    action: 'pause' | 'resume' | 'run',
  ): Promise<Answer> {
    const service = this.services.all.find(({ name }) => name === params.service);
    if (!service) throw noSuch('service', params.service);
    return ok(scheduleFrom(await service.ops.steerSchedule({ name: params.name, action, actor: principal.id, reason: body.reason }, as)));
  }
}
