import { Controller } from '@nestjs/common';
import { opsV1 } from '@tandem/contracts';
import type { Database, Tx } from '@tandem/kernel';
import type { AuditEntry, DeadLetter, DeadLetterFilter, DeadLetters, DeadLetterStatus } from '@tandem/messaging';
import { hashOf, once, scopeOf } from '../idempotency.js';
import { parsePublicId, toPublicId } from '../ids.js';
import { badCursor, invalidField, noSuch, notFound, Refusal } from '../refusal.js';
import type { Caller } from './caller.js';
import { Rpc } from './rpc.js';

/** What a service has set aside, and its database; nothing for a service without messaging. */
export class DeadLetterSources {
  constructor(readonly kept: { readonly deadLetters: DeadLetters; readonly database: Database } | undefined) {}
}

/** What a service has set aside: list, show, and, once per key, replay and discard. */
@Controller()
export class DeadLettersGrpc {
  constructor(private readonly sources: DeadLetterSources) {}

  @Rpc('OpsService', 'listDeadLetters', ['staff', 'service'])
  async list(request: opsV1.ListDeadLettersRequest): Promise<opsV1.DeadLetterPage> {
    if (!this.sources.kept) return { deadLetters: [], nextCursor: '' };
    const page = await this.sources.kept.deadLetters.list(filterOf(request), {
      limit: request.limit || 20,
      ...positionOf(request.cursor),
    });
    return { deadLetters: page.items.map(summaryOf), nextCursor: page.next ?? '' };
  }

  @Rpc('OpsService', 'getDeadLetter', ['staff', 'service'])
  async show({ id }: opsV1.GetDeadLetterRequest): Promise<opsV1.DeadLetter> {
    return detail(this.kept().deadLetters, id);
  }

  @Rpc('OpsService', 'replayDeadLetter', ['staff', 'service'])
  async replay(request: opsV1.ReplayDeadLetterRequest, caller: Caller): Promise<opsV1.DeadLetter> {
    const { id, actor, why } = request;
    return this.once(caller, hashOf('ops.ReplayDeadLetter', opsV1.ReplayDeadLetterRequest.encode(request).finish()), async (letters) => {
      const letter = await find(letters, id);
      if (letter.status === 'replayed' || letter.status === 'discarded') throw closed(id, letter.status);
      await letters.replay({ id: letter.id }, { actor, ...becauseOf(why) });
      return detail(letters, id);
    });
  }

  @Rpc('OpsService', 'replayDeadLetters', ['staff', 'service'])
  async replayMany(request: opsV1.ReplayDeadLettersRequest, caller: Caller): Promise<opsV1.Replayed> {
    if (!this.sources.kept) return { matched: 0, replayed: 0 };
    const { actor, dryRun, why, keysPerSecond } = request;
    const filter = filterOf({ ...request, status: '' });
    const pace = keysPerSecond > 0 ? { keysPerSecond } : {};
    return this.once(caller, hashOf('ops.ReplayDeadLetters', opsV1.ReplayDeadLettersRequest.encode(request).finish()), async (letters) => {
      const replay = await letters.replay({ filter }, { actor, dryRun, ...becauseOf(why), ...pace });
      return { matched: replay.matched, replayed: dryRun ? 0 : replay.replayed.length };
    });
  }

  @Rpc('OpsService', 'discardDeadLetter', ['staff', 'service'])
  async discard(request: opsV1.DiscardDeadLetterRequest, caller: Caller): Promise<opsV1.DeadLetter> {
    const { id, reason, actor } = request;
    return this.once(caller, hashOf('ops.DiscardDeadLetter', opsV1.DiscardDeadLetterRequest.encode(request).finish()), async (letters) => {
      const letter = await find(letters, id);
      const outcome = await letters.discard(letter.id, { actor, reason });
      switch (outcome.kind) {
        case 'discarded':
          return detail(letters, id);
        case 'not-found':
          throw noSuch('dead letter', id);
        case 'closed':
          throw closed(id, (await find(letters, id)).status);
        case 'behind':
          throw new Refusal('dead-letter-closed', {
            detail: `it waits behind ${toPublicId('deadLetter', outcome.head)}: end that one first`,
            extensions: { head: toPublicId('deadLetter', outcome.head) },
          });
      }
    });
  }

  @Rpc('OpsService', 'listDeadLetterActions', ['staff', 'service'])
  async actions({ cursor, limit }: opsV1.ListDeadLetterActionsRequest): Promise<opsV1.DeadLetterActionPage> {
    const size = limit || 20;
    const found = (await this.sources.kept?.deadLetters.audit({ limit: size + 1, ...positionOf(cursor) })) ?? [];
    const actions = found.slice(0, size);
    return { actions: actions.map(actionOf), nextCursor: found.length > size ? (actions.at(-1)?.position ?? '') : '' };
  }

  private once<Reply>(caller: Caller, requestHash: Buffer, run: (letters: DeadLetters) => Promise<Reply>): Promise<Reply> {
    const { deadLetters, database } = this.kept();
    return once(database, caller, scopeOf(caller, requestHash), {
      prepare: () => Promise.resolve(),
      run: (tx: Tx) => run(deadLetters.within(tx)),
    });
  }

  private kept(): NonNullable<DeadLetterSources['kept']> {
    if (!this.sources.kept) throw notFound('this service has no dead letters');
    return this.sources.kept;
  }
}

/** What operators did to it included. */
async function detail(letters: DeadLetters, id: string): Promise<opsV1.DeadLetter> {
  const letter = await find(letters, id);
  const actions = await letters.audit({ deadLetter: letter.id, limit: 500 });
  return { ...detailOf(letter), actions: actions.map(actionOf) };
}

async function find(letters: DeadLetters, id: string): Promise<DeadLetter> {
  const uuid = parsePublicId('deadLetter', id);
  const letter = uuid === undefined ? undefined : await letters.show(uuid);
  if (!letter) throw noSuch('dead letter', id);
  return letter;
}

/** A cursor is a position; anything else is refused, here and nowhere else. */
function positionOf(cursor: string): { readonly cursor?: string } {
  if (cursor === '') return {};
  if (!/^\d{1,18}$/.test(cursor)) throw badCursor();
  return { cursor };
}

function closed(id: string, status: DeadLetterStatus): Refusal {
  return new Refusal('dead-letter-closed', { detail: `${id} is ${status} already` });
}

type Criteria = {
  readonly group: string;
  readonly type: string;
  readonly reason: string;
  readonly orderId: string;
  readonly status: string;
  readonly failedBefore: string;
};

/** Empty criteria do not narrow; a moment that cannot be read is refused, for leaving it out would widen a replay. `reason` matches the class of the failure or a part of its text. */
function filterOf({ group, type, reason, orderId, status, failedBefore }: Criteria): DeadLetterFilter {
  return {
    ...(group === '' ? {} : { group }),
    ...(type === '' ? {} : { type }),
    ...(reason === '' ? {} : { reason }),
    ...(orderId === '' ? {} : { key: orderId }),
    ...(status === '' ? {} : { status: status as DeadLetterStatus }),
    ...(failedBefore === '' ? {} : { failedBefore: momentOf(failedBefore) }),
  };
}

function momentOf(failedBefore: string): Date {
  const moment = new Date(failedBefore);
  if (Number.isNaN(moment.getTime())) throw invalidField('/failedBefore', 'invalid', 'a moment, as in 2026-11-21T12:00:00Z');
  return moment;
}

function summaryOf(letter: DeadLetter): opsV1.DeadLetter {
  return {
    id: toPublicId('deadLetter', letter.id),
    group: letter.group,
    topic: letter.topic,
    key: letter.key ?? '',
    type: letter.type ?? '',
    reason: letter.reason,
    attempts: letter.attempts,
    firstFailedAt: letter.firstFailedAt.toISOString(),
    status: letter.status,
    payload: '',
    headersJson: '',
    triesJson: '',
    class: letter.class,
    nextAt: letter.nextAt?.toISOString() ?? '',
    partition: letter.partition,
    offset: letter.offset.toString(),
    sequence: (letter.sequence ?? 0n).toString(),
    actions: [],
  };
}

function becauseOf(why: string): { readonly reason?: string } {
  return why === '' ? {} : { reason: why };
}

function actionOf({ at, actor, action, deadLetter, detail }: AuditEntry): opsV1.DeadLetterAction {
  return { at: at.toISOString(), actor, action, deadLetter: toPublicId('deadLetter', deadLetter), why: detail ?? '' };
}

function detailOf(letter: DeadLetter): opsV1.DeadLetter {
  return {
    ...summaryOf(letter),
    payload: letter.payload ?? '',
    headersJson: JSON.stringify(letter.headers),
    triesJson: JSON.stringify(letter.tries),
  };
}
