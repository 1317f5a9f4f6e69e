import { Controller } from '@nestjs/common';
import type { opsV1 } from '@tandem/contracts';
import { type CallOptions, Refusal, uuidOf } from '@tandem/host';
import type { Now } from '@tandem/kernel';
import { audit } from '../domain/audit.js';
import { notJudged } from '../domain/audit-queues.js';
import type { Fact, Queue, SetAside } from '../domain/audit-facts.js';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { gather, type OperatedService, type Ops } from './fan-out.js';
import { OperatedServices } from './ops.http.js';
import { Audit } from './schemas/ops.schema.js';

const factsPerPage = 5_000;
const lettersPerPage = 100;
/** An audit reads every fact there is, milliseconds: for all of it, and for a page. */
const [patienceMs, pageMs] = [120_000, 10_000];

const getAudit = endpoint({
  operationId: 'getAudit',
  method: 'GET',
  path: '/ops/v1/audit',
  tag: 'Operations',
  policy: 'staff',
  patienceMs,
  summary: 'What must always hold, checked now over all services',
  answers: { 200: Audit },
});

/** Tells the time of an audit, and what it costs: `cpuMs` is the CPU time this process has used so far, user and system. */
export class AuditClock {
  constructor(
    readonly now: Now,
    readonly cpuMs: () => number,
  ) {}
}

/** The auditor. */
@Controller()
export class AuditHttp {
  constructor(
    private readonly services: OperatedServices,
    private readonly clock: AuditClock,
  ) {}

  @Serves(getAudit)
  async audit({ as }: CallOf<typeof getAudit>): Promise<Answer> {
    const { all } = this.services;
    const [begunAt, cpuMs] = [this.clock.now(), this.clock.cpuMs()];
    // Orders are read after their effects, so that every effect read has its order.
    const effects = await this.factsOf(
      all.filter(({ name }) => name !== 'order'),
      as,
    );
    const [open, discarded] = [await this.setAside('', as), await this.setAside('discarded', as)];
    const orders = await this.factsOf(
      all.filter(({ name }) => name === 'order'),
      as,
    );
    const queues = await this.queues(as);
    const now = this.clock.now();
    const facts = [...orders, ...effects];
    const invariants = audit({ facts, open, discarded, queues, now });
    const isWell = invariants.every(({ violations }) => violations.length === 0);
    const cost = {
      facts: facts.length,
      wallMs: this.clock.now().getTime() - begunAt.getTime(),
      cpuMs: Math.round(this.clock.cpuMs() - cpuMs),
    };
    return ok({ checkedAt: now.toISOString(), ok: isWell, invariants, notJudged: notJudged(open), cost });
  }

  private async factsOf(services: readonly OperatedService[], as: CallOptions): Promise<readonly Fact[]> {
    return this.heard(services, (ops, service) =>
      everyPage(async (cursor) => {
        const { facts, nextCursor } = await ops.listAuditFacts({ cursor, limit: factsPerPage }, { ...as, timeoutMs: pageMs });
        return { items: facts.map((fact) => factFrom(service, fact)), nextCursor };
      }),
    );
  }

  private async setAside(status: '' | 'discarded', as: CallOptions): Promise<readonly SetAside[]> {
    const anything = { group: '', type: '', reason: '', orderId: '', failedBefore: '', status, limit: lettersPerPage };
    return this.heard(this.services.all, (ops, service) =>
      everyPage(async (cursor) => {
        const { deadLetters, nextCursor } = await ops.listDeadLetters({ ...anything, cursor }, { ...as, timeoutMs: pageMs });
        return { items: deadLetters.map((letter) => setAsideFrom(service, letter)), nextCursor };
      }),
    );
  }

  private async queues(as: CallOptions): Promise<readonly Queue[]> {
    const within = { ...as, timeoutMs: pageMs };
    return this.heard(this.services.all, async (ops) => {
      const [{ consumers }, { service, oldestAgeMs, refused, refusedIds }] = await Promise.all([
        ops.listConsumers({}, within),
        ops.getOutbox({}, within),
      ]);
      const waiting = consumers.map((consumer) => ({
        name: `${consumer.group} on ${consumer.topic}`,
        oldestAgeMs: Number(consumer.oldestAgeMs),
        refused: 0,
        rows: [],
      }));
      const rows = refusedIds.map((id) => ({ service, table: 'messaging.outbox', id }));
      return [{ name: `outbox of ${service}`, oldestAgeMs: Number(oldestAgeMs), refused: Number(refused), rows }, ...waiting];
    });
  }

  /** An audit with a gap proves nothing, so a silent service refuses it. */
  private async heard<T>(
    services: readonly OperatedService[],
    ask: (ops: Ops, service: string) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const { answers, silent } = await gather(services, ask);
    if (silent.length > 0) throw new Refusal('unavailable', { detail: `silent: ${silent.join(', ')}` });
    return answers.flatMap(({ answer }) => answer);
  }
}

async function everyPage<T>(
  ask: (cursor: string) => Promise<{ readonly items: readonly T[]; readonly nextCursor: string }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let cursor = ''; ;) {
    const { items, nextCursor } = await ask(cursor);
    for (const item of items) found.push(item);
    if (nextCursor === '') return found;
    cursor = nextCursor;
  }
}

function setAsideFrom(service: string, letter: opsV1.DeadLetter): SetAside {
  const { id, group, topic, key, type, reason, firstFailedAt } = letter;
  const rows = [{ service, table: 'messaging.parked', id: uuidOf('deadLetter', id) }];
  return { id, group, topic, key, type, reason, since: new Date(firstFailedAt), rows };
}

function factFrom(service: string, { kind, subject, money, quantity, detail, at, rows }: opsV1.AuditFact): Fact {
  return {
    kind,
    subject,
    money: money ? { amount: BigInt(money.amount), currency: money.currency } : null,
    quantity: quantity === undefined ? null : BigInt(quantity),
    detail,
    at: new Date(at),
    rows: rows.map(({ table, id }) => ({ service, table, id })),
  };
}
