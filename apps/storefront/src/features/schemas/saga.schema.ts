import type { orderV1 } from '@tandem/contracts';
import { z } from 'zod';
import { line, listOf, page } from './common.schema.js';

export const SagaQuery = z.strictObject(page);
export const SagaSteering = z.strictObject({ reason: line(500) }).meta({ id: 'SagaSteering' });

const Saga = z
  .object({
    orderId: z.string(),
    kind: z.enum(['checkout', 'release', 'cancel', 'refund']),
    state: z
      .enum(['running', 'waiting', 'undoing', 'owed', 'refused'])
      .describe('refused: given up, to be tried again or cancelled by hand'),
    ageMs: z.int(),
    owner: z.string().nullable().describe('The process that runs it now'),
    attempts: z.int(),
    lastError: z.string().nullable(),
    dueAt: z.string(),
    orderStatus: z.string().nullable(),
  })
  .meta({ id: 'Saga' });
export const Sagas = listOf(Saga, 'Sagas');

const Step = z
  .object({ step: z.string(), at: z.string(), durationMs: z.number(), attempt: z.int(), instance: z.string(), result: z.string() })
  .meta({ id: 'SagaStep' });
const Action = z
  .object({ at: z.string(), actor: z.string(), action: z.enum(['retry', 'cancel']), reason: z.string() })
  .meta({ id: 'SagaAction' });
export const SagaDetail = z
  .object({ orderId: z.string(), sagas: z.array(Saga), timeline: z.array(Step), actions: z.array(Action) })
  .meta({ id: 'SagaDetail' });

export function sagaFrom({
  orderId,
  kind,
  state,
  ageMs,
  owner,
  attempts,
  lastError,
  dueAt,
  orderStatus,
}: orderV1.Saga): z.infer<typeof Saga> {
  const known = { kind: kind as z.infer<typeof Saga>['kind'], state: state as z.infer<typeof Saga>['state'] };
  return {
    orderId,
    ...known,
    ageMs: Number(ageMs),
    owner: owner || null,
    attempts,
    lastError: lastError || null,
    dueAt,
    orderStatus: orderStatus || null,
  };
}

export function sagaDetailFrom({ orderId, sagas, timelineJson, actions }: orderV1.SagaDetail): z.infer<typeof SagaDetail> {
  const timeline = JSON.parse(timelineJson === '' ? '[]' : timelineJson) as z.infer<typeof Step>[];
  const done = actions.map(({ at, actor, action, reason }) => ({ at, actor, action: action as 'retry' | 'cancel', reason }));
  return { orderId, sagas: sagas.map(sagaFrom), timeline, actions: done };
}
