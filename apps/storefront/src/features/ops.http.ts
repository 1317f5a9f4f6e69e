import { Controller } from '@nestjs/common';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { findDeadLetter, gather, type OperatedService, walk } from './fan-out.js';
import { listFrom, pageOf, PageQuery } from './schemas/common.schema.js';
import {
  actionFrom,
  consumerFrom,
  Consumers,
  DeadLetter,
  DeadLetterActions,
  DeadLetterAgain,
  DeadLetterDiscard,
  deadLetterFrom,
  DeadLetterQuery,
  DeadLetterReplay,
  DeadLetters,
  deadLetterSummaryFrom,
  outboxFrom,
  Outboxes,
  Replayed,
} from './schemas/ops.schema.js';

const listConsumers = endpoint({
  operationId: 'listConsumers',
  method: 'GET',
  path: '/ops/v1/consumers',
  tag: 'Operations',
  policy: 'staff',
  summary: 'How far every consumer group is behind',
  answers: { 200: Consumers },
});
const listOutboxes = endpoint({
  operationId: 'listOutboxes',
  method: 'GET',
  path: '/ops/v1/outbox',
  tag: 'Operations',
  policy: 'staff',
  summary: 'Events not published yet, by service',
  answers: { 200: Outboxes },
});
const listDeadLetters = endpoint({
  operationId: 'listDeadLetters',
  method: 'GET',
  path: '/ops/v1/dead-letters',
  tag: 'Operations',
  policy: 'staff',
  summary: 'Messages that could not be handled',
  query: DeadLetterQuery,
  answers: { 200: DeadLetters },
  refuses: ['bad-cursor'],
});
const getDeadLetter = endpoint({
  operationId: 'getDeadLetter',
  method: 'GET',
  path: '/ops/v1/dead-letters/:deadLetterId',
  tag: 'Operations',
  policy: 'staff',
  summary: 'One of them, with payload, headers and tries',
  answers: { 200: DeadLetter },
});
const replayDeadLetter = endpoint({
  operationId: 'replayDeadLetter',
  method: 'POST',
  path: '/ops/v1/dead-letters/:deadLetterId/replay',
  tag: 'Operations',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Handle it again now',
  body: DeadLetterAgain,
  answers: { 200: DeadLetter },
  refuses: ['dead-letter-closed'],
});
const replayDeadLetters = endpoint({
  operationId: 'replayDeadLetters',
  method: 'POST',
  path: '/ops/v1/dead-letters/replay',
  tag: 'Operations',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Handle all that fit again now, in order per key; without a filter, all that is not settled',
  body: DeadLetterReplay,
  answers: { 200: Replayed },
});
const discardDeadLetter = endpoint({
  operationId: 'discardDeadLetter',
  method: 'POST',
  path: '/ops/v1/dead-letters/:deadLetterId/discard',
  tag: 'Operations',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Give it up for good; the next message of its key goes on',
  body: DeadLetterDiscard,
  answers: { 200: DeadLetter },
  refuses: ['dead-letter-closed'],
});

const listDeadLetterActions = endpoint({
  operationId: 'listDeadLetterActions',
  method: 'GET',
  path: '/ops/v1/dead-letter-actions',
  tag: 'Operations',
  policy: 'staff',
  summary: 'What operators did to dead letters, and why',
  query: PageQuery,
  answers: { 200: DeadLetterActions },
  refuses: ['bad-cursor'],
});

/** The services that are operated. */
export class OperatedServices {
  constructor(readonly all: readonly OperatedService[]) {}
}

/** Operations of the whole system. */
@Controller()
export class OpsHttp {
  constructor(private readonly services: OperatedServices) {}

  @Serves(listConsumers)
  async consumers({ as }: CallOf<typeof listConsumers>): Promise<Answer> {
    const { answers, silent } = await gather(this.services.all, (ops) => ops.listConsumers({}, as));
    return ok({ data: answers.flatMap(({ answer }) => answer.consumers.map(consumerFrom)), silent });
  }

  @Serves(listOutboxes)
  async outboxes({ as }: CallOf<typeof listOutboxes>): Promise<Answer> {
    const { answers, silent } = await gather(this.services.all, (ops) => ops.getOutbox({}, as));
    return ok({ data: answers.map(({ answer }) => outboxFrom(answer)), silent });
  }

  @Serves(listDeadLetters)
  async deadLetters({ query, as }: CallOf<typeof listDeadLetters>): Promise<Answer> {
    const { group = '', type = '', reason = '', orderId = '', status = '', failedBefore = '' } = query;
    const page = await walk({
      services: this.services.all,
      ...pageOf(query),
      ask: async (ops, inner) => {
        const { deadLetters, nextCursor } = await ops.listDeadLetters({ group, type, reason, orderId, status, failedBefore, ...inner }, as);
        return { items: deadLetters, nextCursor };
      },
    });
    return ok(listFrom(page.items.map(deadLetterSummaryFrom), page.nextCursor));
  }

  @Serves(getDeadLetter)
  async deadLetter({ params, as }: CallOf<typeof getDeadLetter>): Promise<Answer> {
    return ok(deadLetterFrom((await findDeadLetter(this.services.all, params.deadLetterId, as)).letter));
  }

  /** Every service keeps the key by itself: a repeat begins only where nothing was begun, and is a replay when that is nowhere. */
  @Serves(replayDeadLetters)
  async replayMany({ body, principal, as }: CallOf<typeof replayDeadLetters>): Promise<Answer> {
    const { group = '', type = '', reason = '', orderId = '', failedBefore = '', dryRun = false, why = '', keysPerSecond = 0 } = body ?? {};
    const asked = { group, type, reason, orderId, failedBefore, dryRun, why, keysPerSecond, actor: principal.id };
    let replays = 0;
    const counted = { ...as, onReplayed: () => void (replays += 1) };
    const { answers, silent } = await gather(this.services.all, (ops) => ops.replayDeadLetters(asked, counted));
    if (replays === this.services.all.length) as.onReplayed?.();
    const total = (count: 'matched' | 'replayed'): number => answers.reduce((sum, { answer }) => sum + answer[count], 0);
    return ok({ matched: total('matched'), replayed: total('replayed'), silent });
  }

  @Serves(replayDeadLetter)
  async replay({ params, body, principal, as }: CallOf<typeof replayDeadLetter>): Promise<Answer> {
    const { ops, letter } = await findDeadLetter(this.services.all, params.deadLetterId, as);
    return ok(deadLetterFrom(await ops.replayDeadLetter({ id: letter.id, actor: principal.id, why: body?.why ?? '' }, as)));
  }

  @Serves(listDeadLetterActions)
  async actions({ query, as }: CallOf<typeof listDeadLetterActions>): Promise<Answer> {
    const page = await walk({
      services: this.services.all,
      ...pageOf(query),
      ask: async (ops, inner) => {
        const { actions, nextCursor } = await ops.listDeadLetterActions(inner, as);
        return { items: actions, nextCursor };
      },
    });
    return ok(listFrom(page.items.map(actionFrom), page.nextCursor));
  }

  @Serves(discardDeadLetter)
  async discard({ params, body, principal, as }: CallOf<typeof discardDeadLetter>): Promise<Answer> {
    const { ops, letter } = await findDeadLetter(this.services.all, params.deadLetterId, as);
    return ok(deadLetterFrom(await ops.discardDeadLetter({ id: letter.id, reason: body.reason, actor: principal.id }, as)));
  }
}
