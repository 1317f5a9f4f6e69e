import { Controller } from '@nestjs/common';
import type { opsV1 } from '@tandem/contracts';
import type { AuditEntry, DeadLetter, DeadLetterFilter, DeadLetters, DeadLetterStatus } from '@tandem/messaging';
import { parsePublicId, toPublicId } from '../ids.js';
import { invalidField, noSuch, notFound, Refusal } from '../refusal.js';
import { OpsSources } from './ops.grpc.js';
import { Rpc } from './rpc.js';

/** What a service has set aside: list, show, replay, discard. */
@Controller()
export class DeadLettersGrpc {
  constructor(private readonly sources: OpsSources) {}

  @Rpc('OpsService', 'listDeadLetters', ['staff', 'service'])
  async list(request: opsV1.ListDeadLettersRequest): Promise<opsV1.DeadLetterPage> {
    const deadLetters = this.sources.operations?.deadLetters;
    if (!deadLetters) return { deadLetters: [], nextCursor: '' };
    const page = await deadLetters.list(filterOf(request), {
      limit: request.limit || 20,
      ...(request.cursor === '' ? {} : { cursor: request.cursor }),
    });
    return { deadLetters: page.items.map(summaryOf), nextCursor: page.next ?? '' };
  }

  @Rpc('OpsService', 'getDeadLetter', ['staff', 'service'])
  async show({ id }: opsV1.GetDeadLetterRequest): Promise<opsV1.DeadLetter> {
    return this.detail(id);
  }

  @Rpc('OpsService', 'replayDeadLetter', ['staff', 'service'])
  async replay({ id, actor, why }: opsV1.ReplayDeadLetterRequest): Promise<opsV1.DeadLetter> {
    const letter = await this.find(id);
    if (letter.status === 'replayed' || letter.status === 'discarded') throw closed(id, letter.status);
    await this.letters().replay({ id: letter.id }, { actor, ...becauseOf(why) });
    return this.detail(id);
  }

  @Rpc('OpsService', 'replayDeadLetters', ['staff', 'service'])
  async replayMany(request: opsV1.ReplayDeadLettersRequest): Promise<opsV1.Replayed> {
    const deadLetters = this.sources.operations?.deadLetters;
    if (!deadLetters) return { matched: 0, replayed: 0 };
    const { actor, dryRun, why, keysPerSecond } = request;
    const pace = keysPerSecond > 0 ? { keysPerSecond } : {};
    const replay = await deadLetters.replay(
      { filter: filterOf({ ...request, status: '' }) },
      { actor, dryRun, ...becauseOf(why), ...pace },
    );
    return { matched: replay.matched, replayed: dryRun ? 0 : replay.replayed.length };
  }

  @Rpc('OpsService', 'discardDeadLetter', ['staff', 'service'])
  async discard({ id, reason, actor }: opsV1.DiscardDeadLetterRequest): Promise<opsV1.DeadLetter> {
    const letter = await this.find(id);
    const outcome = await this.letters().discard(letter.id, { actor, reason });
    switch (outcome.kind) {
      case 'discarded':
        return this.detail(id);
      case 'not-found':
        throw noSuch('dead letter', id);
      case 'closed':
        throw closed(id, (await this.find(id)).status);
      case 'behind':
        throw new Refusal('dead-letter-closed', {
          detail: `it waits behind ${toPublicId('deadLetter', outcome.head)}: end that one first`,
          extensions: { head: toPublicId('deadLetter', outcome.head) },
        });
    }
  }

  @Rpc('OpsService', 'listDeadLetterActions', ['staff', 'service'])
  async actions({ cursor, limit }: opsV1.ListDeadLetterActionsRequest): Promise<opsV1.DeadLetterActionPage> {
    const size = limit || 20;
    const found = (await this.sources.operations?.deadLetters.audit({ limit: size + 1, ...(cursor === '' ? {} : { cursor }) })) ?? [];
    const actions = found.slice(0, size);
    return { actions: actions.map(actionOf), nextCursor: found.length > size ? (actions.at(-1)?.position ?? '') : '' };
  }

  /** What operators did to it included. */
  private async detail(id: string): Promise<opsV1.DeadLetter> {
    const letter = await this.find(id);
    const actions = await this.letters().audit({ deadLetter: letter.id, limit: 500 });
    return { ...detailOf(letter), actions: actions.map(actionOf) };
  }

  private letters(): DeadLetters {
    const deadLetters = this.sources.operations?.deadLetters;
    if (!deadLetters) throw notFound('this service has no dead letters');
    return deadLetters;
  }

  private async find(id: string): Promise<DeadLetter> {
    const uuid = parsePublicId('deadLetter', id);
    const letter = uuid === undefined ? undefined : await this.letters().show(uuid);
    if (!letter) throw noSuch('dead letter', id);
    return letter;
  }
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
