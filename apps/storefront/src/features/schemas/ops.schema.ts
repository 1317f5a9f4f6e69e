import type { opsV1 } from '@tandem/contracts';
import { z } from 'zod';
import { line, listOf, page } from './common.schema.js';

const Consumer = z
  .object({ group: z.string(), topic: z.string(), lag: z.int(), oldestAgeMs: z.int(), paused: z.boolean(), parked: z.int() })
  .meta({ id: 'Consumer' });
const silent = z.array(z.string()).describe('Services that did not answer');
export const Consumers = z.object({ data: z.array(Consumer), silent }).meta({ id: 'Consumers' });

const Outbox = z.object({ service: z.string(), pending: z.int(), oldestAgeMs: z.int() }).meta({ id: 'Outbox' });
export const Outboxes = z.object({ data: z.array(Outbox), silent }).meta({ id: 'Outboxes' });

const filter = { group: z.string().max(100).optional(), type: z.string().max(100).optional(), reason: z.string().max(500).optional(), orderId: z.string().max(100).optional() };
const statuses = ['open', 'dead', 'replayed', 'discarded'] as const;
export const DeadLetterQuery = z.strictObject({ ...filter, status: z.enum(statuses).optional().describe('Without it: what is not settled'), ...page });
export const DeadLetterReplay = z.strictObject({ ...filter, dryRun: z.boolean().optional() }).optional().meta({ id: 'DeadLetterReplay' });
export const DeadLetterDiscard = z.strictObject({ reason: line(500) }).meta({ id: 'DeadLetterDiscard' });

const summary = {
  id: z.string(), group: z.string(), topic: z.string(), key: z.string(), type: z.string(), reason: z.string(),
  attempts: z.int(), firstFailedAt: z.string(), status: z.string(),
};
const DeadLetterSummary = z.object(summary).meta({ id: 'DeadLetterSummary' });
export const DeadLetters = listOf(DeadLetterSummary, 'DeadLetters');
export const DeadLetter = z
  .object({ ...summary, payload: z.string().describe('As it came'), headers: z.record(z.string(), z.string()), tries: z.array(z.object({ at: z.string(), error: z.string() })) })
  .meta({ id: 'DeadLetter' });
export const Replayed = z.object({ matched: z.int(), replayed: z.int(), silent }).meta({ id: 'Replayed' });

const Violation = z.object({ subject: z.string(), message: z.string() }).meta({ id: 'Violation' });
const Invariant = z.object({ id: z.string(), title: z.string(), checked: z.int(), violations: z.array(Violation) }).meta({ id: 'Invariant' });
export const Audit = z.object({ checkedAt: z.string(), ok: z.boolean(), invariants: z.array(Invariant) }).meta({ id: 'Audit' });

export function consumerFrom({ group, topic, lag, oldestAgeMs, paused, parked }: opsV1.Consumer): z.infer<typeof Consumer> {
  return { group, topic, lag: Number(lag), oldestAgeMs: Number(oldestAgeMs), paused, parked: Number(parked) };
}

export function outboxFrom({ service, pending, oldestAgeMs }: opsV1.OutboxState): z.infer<typeof Outbox> {
  return { service, pending: Number(pending), oldestAgeMs: Number(oldestAgeMs) };
}

export function deadLetterSummaryFrom(letter: opsV1.DeadLetter): z.infer<typeof DeadLetterSummary> {
  const { id, group, topic, key, type, reason, attempts, firstFailedAt, status } = letter;
  return { id, group, topic, key, type, reason, attempts, firstFailedAt, status };
}

export function deadLetterFrom(letter: opsV1.DeadLetter): z.infer<typeof DeadLetter> {
  const { payload, headersJson, triesJson } = letter;
  return { ...deadLetterSummaryFrom(letter), payload, headers: parsed(headersJson, {}), tries: parsed(triesJson, []) };
}

function parsed<T>(json: string, absent: T): T {
  return json === '' ? absent : (JSON.parse(json) as T);
}
