import type { opsV1 } from '@tandem/contracts';
import { z } from 'zod';
import { line, listOf, page } from './common.schema.js';

const unlessSilent = z.int().nullable().describe('null while the event log does not answer');
const Consumer = z
  .object({ group: z.string(), topic: z.string(), lag: unlessSilent, oldestAgeMs: unlessSilent, paused: z.boolean(), parked: z.int() })
  .meta({ id: 'Consumer' });
const silent = z.array(z.string()).describe('Services that did not answer');
export const Consumers = z.object({ data: z.array(Consumer), silent }).meta({ id: 'Consumers' });

const Outbox = z.object({ service: z.string(), pending: z.int(), oldestAgeMs: z.int() }).meta({ id: 'Outbox' });
export const Outboxes = z.object({ data: z.array(Outbox), silent }).meta({ id: 'Outboxes' });

/** An empty one is refused: it would narrow nothing, and a replay would be one of all. */
const criterion = (max: number) => z.string().min(1).max(max).optional();
const filter = {
  group: criterion(100),
  type: criterion(100),
  reason: criterion(500),
  orderId: criterion(100),
  failedBefore: z.iso.datetime({ offset: true }).optional().describe('Only what failed first before this moment'),
};
const statuses = ['open', 'dead', 'replayed', 'discarded'] as const;
export const DeadLetterQuery = z.strictObject({
  ...filter,
  status: z.enum(statuses).optional().describe('Without it: what is not settled'),
  ...page,
});
const why = line(500).optional().describe('For the audit log');
export const DeadLetterAgain = z.strictObject({ why }).optional().meta({ id: 'DeadLetterAgain' });
export const DeadLetterReplay = z
  .strictObject({
    ...filter,
    dryRun: z.boolean().optional().describe('Only count'),
    why,
    keysPerSecond: z.int().min(1).max(1_000).optional().describe('How many keys (orders) are begun per second; without it all at once'),
  })
  .optional()
  .meta({ id: 'DeadLetterReplay' });
export const DeadLetterDiscard = z.strictObject({ reason: line(500) }).meta({ id: 'DeadLetterDiscard' });

const summary = {
  id: z.string(),
  group: z.string(),
  topic: z.string(),
  key: z.string(),
  type: z.string(),
  reason: z.string(),
  attempts: z.int(),
  firstFailedAt: z.string(),
  status: z.string(),
  class: z.string().describe('invalid, poison, transient, gap or behind'),
  nextAt: z.string().nullable().describe('When it is tried again by itself'),
  links: z.object({ self: z.string(), order: z.string().optional(), history: z.string().optional() }),
};
const Action = z
  .object({ at: z.string(), actor: z.string(), action: z.string(), deadLetter: z.string(), why: z.string() })
  .meta({ id: 'DeadLetterAction' });
export const DeadLetterActions = z.object({ data: z.array(Action), nextCursor: z.string().nullable() }).meta({ id: 'DeadLetterActions' });
const DeadLetterSummary = z.object(summary).meta({ id: 'DeadLetterSummary' });
export const DeadLetters = listOf(DeadLetterSummary, 'DeadLetters');
export const DeadLetter = z
  .object({
    ...summary,
    partition: z.int(),
    offset: z.string(),
    sequence: z.int().nullable(),
    payload: z.string().describe('As it came'),
    headers: z.record(z.string(), z.string()),
    tries: z.array(z.object({ at: z.string(), error: z.string() })),
    actions: z.array(Action).describe('What operators did'),
  })
  .meta({ id: 'DeadLetter' });
export const Replayed = z.object({ matched: z.int(), replayed: z.int(), silent }).meta({ id: 'Replayed' });

export function consumerFrom({ group, topic, paused, ...consumer }: opsV1.Consumer): z.infer<typeof Consumer> {
  const known = (figure: string): number | null => (consumer.isLogSilent ? null : Number(figure));
  return { group, topic, lag: known(consumer.lag), oldestAgeMs: known(consumer.oldestAgeMs), paused, parked: Number(consumer.parked) };
}

export function outboxFrom({ service, pending, oldestAgeMs }: opsV1.OutboxState): z.infer<typeof Outbox> {
  return { service, pending: Number(pending), oldestAgeMs: Number(oldestAgeMs) };
}

export function deadLetterSummaryFrom(letter: opsV1.DeadLetter): z.infer<typeof DeadLetterSummary> {
  const { id, group, topic, key, type, reason, attempts, firstFailedAt, status, nextAt } = letter;
  return {
    id,
    group,
    topic,
    key,
    type,
    reason,
    attempts,
    firstFailedAt,
    status,
    class: letter.class,
    nextAt: nextAt === '' ? null : nextAt,
    links: linksOf(letter),
  };
}

export function deadLetterFrom(letter: opsV1.DeadLetter): z.infer<typeof DeadLetter> {
  const { payload, headersJson, triesJson, partition, offset, sequence, actions } = letter;
  const place = { partition, offset, sequence: sequence === '0' ? null : Number(sequence) };
  return {
    ...deadLetterSummaryFrom(letter),
    ...place,
    payload,
    headers: parsed(headersJson, {}),
    tries: parsed(triesJson, []),
    actions: actions.map(actionFrom),
  };
}

export function actionFrom({ at, actor, action, deadLetter, why: because }: opsV1.DeadLetterAction): z.infer<typeof Action> {
  return { at, actor, action, deadLetter, why: because };
}

/** Where to look on: most topics are keyed by the order. */
function linksOf({ id, key }: opsV1.DeadLetter): { self: string; order?: string; history?: string } {
  const order = /^ord_[0-9a-z]{26}$/.test(key) ? { order: `/v1/orders/${key}`, history: `/v1/orders/${key}/events` } : {};
  return { self: `/ops/v1/dead-letters/${id}`, ...order };
}

function parsed<T>(json: string, absent: T): T {
  return json === '' ? absent : (JSON.parse(json) as T);
}
