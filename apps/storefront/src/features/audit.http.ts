import { Controller } from '@nestjs/common';
import { invalidField } from '@tandem/host';
import type { Now } from '@tandem/kernel';
import { audit } from '../domain/audit.js';
import { type Evidence, type Invariant, orderKinds } from '../domain/audit-facts.js';
import { formatMark, type Mark, nextMark, parseMark } from '../domain/audit-mark.js';
import { notJudged } from '../domain/audit-queues.js';
import { AuditReading } from './audit-reading.js';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { OperatedServices } from './ops.http.js';
import { Audit, AuditQuery } from './schemas/audit.schema.js';

/** A full audit reads every fact there is. Milliseconds. */
const patienceMs = 120_000;

const getAudit = endpoint({
  operationId: 'getAudit',
  method: 'GET',
  path: '/ops/v1/audit',
  tag: 'Operations',
  policy: 'staff',
  patienceMs,
  query: AuditQuery,
  summary: 'What must always hold, checked now over all services: of all orders, or of those that have changed since an earlier audit',
  answers: { 200: Audit },
});

/** Tells the time of an audit, and what it costs: `cpuMs` is the CPU time this process has used so far, user and system. */
export class AuditClock {
  constructor(
    readonly now: Now,
    readonly cpuMs: () => number,
  ) {}
}

/** The auditor. It keeps nothing: whoever asks holds the mark, so that any storefront may be asked next, and an audit that failed has moved none. */
@Controller()
export class AuditHttp {
  constructor(
    private readonly services: OperatedServices,
    private readonly clock: AuditClock,
  ) {}

  @Serves(getAudit)
  async audit({ as, query }: CallOf<typeof getAudit>): Promise<Answer> {
    const mark = markOf(query.since);
    const [begunAt, cpuMs] = [this.clock.now(), this.clock.cpuMs()];
    const reading = new AuditReading(this.services.all, as);
    const changed = mark && (await reading.since(mark));
    const { facts, asOf } = changed ?? (await reading.whole());
    const open = await reading.setAside('');
    const queues = await reading.queues();
    const now = this.clock.now();
    const invariants = await judged({ facts, open, discarded: [], queues, now }, reading);
    const next = nextMark(asOf, invariants);
    return ok({
      checkedAt: now.toISOString(),
      ok: invariants.every(({ violations }) => violations.length === 0),
      kind: changed ? 'incremental' : 'full',
      since: changed && mark ? mark.at.toISOString() : null,
      orders: new Set(facts.flatMap(({ kind, subject }) => (orderKinds.has(kind) ? [subject] : []))).size,
      next: next ? formatMark(next) : null,
      invariants,
      notJudged: notJudged(open),
      cost: {
        facts: facts.length,
        wallMs: this.clock.now().getTime() - begunAt.getTime(),
        cpuMs: Math.round(this.clock.cpuMs() - cpuMs),
      },
    });
  }
}

function markOf(since: string | undefined): Mark | undefined {
  const mark = since === undefined ? undefined : parseMark(since);
  if (since !== undefined && !mark) throw invalidField('/since', 'mark', 'must be `next` of an audit, or a time: 2026-11-22T21:00:00Z');
  return mark;
}

/** What was discarded only excuses, and there may be much of it: it is read when something lacks an excuse. */
async function judged(evidence: Evidence, reading: AuditReading): Promise<readonly Invariant[]> {
  const invariants = audit(evidence);
  if (invariants.every(({ violations }) => violations.length === 0)) return invariants;
  return audit({ ...evidence, discarded: await reading.setAside('discarded') });
}
