import type { opsV1 } from '@tandem/contracts';
import type { Database, Statement } from '@tandem/kernel';
import type { DeadLetters } from '@tandem/messaging';
import type { AuditFacts, AuditSubjects } from './audit-facts.js';
import { parseAnyPublicId, toPublicId } from './ids.js';
import { invalidField } from './refusal.js';

/** Rows bear the time their transaction began, so what is still under way may yet show rows as old as that. */
const asOf: Statement = {
  name: 'audit_as_of',
  text: `SELECT least(clock_timestamp(), min(xact_start)) AS at FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
};

/** For facts asked for by subject: nothing goes on from there, so what is still under way does not matter. */
const clock: Statement = { name: 'audit_clock', text: 'SELECT clock_timestamp() AS at' };

/** Changes told at once, and subjects asked for at once. */
const [mostChanged, mostSubjects] = [20_000, 1_000];

type Sources = {
  readonly facts: AuditFacts | undefined;
  readonly database: Database | undefined;
  readonly deadLetters: Pick<DeadLetters, 'closedSince'> | undefined;
};

/** What a service answers the auditor. */
export class AuditAnswers {
  constructor(private readonly sources: Sources) {}

  async answer({ cursor, limit, subjects, changedSince }: opsV1.ListAuditFactsRequest): Promise<opsV1.AuditFactPage> {
    const { facts } = this.sources;
    const answer = {
      facts: [],
      nextCursor: '',
      changed: [],
      tooMany: false,
      asOf: cursor === '' ? await this.momentBy(subjects.length > 0 ? clock : asOf) : '',
    };
    if (changedSince !== '') return { ...answer, ...(await this.changed(momentOf(changedSince))) };
    if (!facts) return answer;
    if (subjects.length > 0) return { ...answer, facts: wired(await facts.of(subjectsOf(subjects))) };
    const page = await facts.page(cursor, Math.min(limit || 1_000, 5_000));
    return { ...answer, facts: wired(page.facts), nextCursor: page.nextCursor };
  }

  /** Asked before anything is read. */
  private async momentBy(statement: Statement): Promise<string> {
    const [row] = (await this.sources.database?.query<{ at: Date }>(statement)) ?? [];
    return (row?.at ?? new Date()).toISOString();
  }

  private async changed(since: Date): Promise<Pick<opsV1.AuditFactPage, 'changed' | 'tooMany'>> {
    const { facts, deadLetters } = this.sources;
    const [{ orders, variants }, closed] = await Promise.all([
      facts?.changedSince(since, mostChanged + 1) ?? { orders: [], variants: [] },
      deadLetters?.closedSince(since, mostChanged + 1) ?? [],
    ]);
    if (closed.length > mostChanged) return { changed: [], tooMany: true };
    const known = [...orders.map((id) => toPublicId('order', id)), ...variants.map((id) => toPublicId('variant', id))];
    const changed = [...known, ...closed.filter((key) => parseAnyPublicId('order', key) !== undefined)];
    return changed.length > mostChanged ? { changed: [], tooMany: true } : { changed, tooMany: false };
  }
}

function momentOf(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw invalidField('/changedSince', 'time', 'must be a time of RFC 3339');
  return at;
}

function subjectsOf(ids: readonly string[]): AuditSubjects {
  if (ids.length > mostSubjects) throw invalidField('/subjects', 'length', `must be at most ${mostSubjects}`);
  const of = (kind: 'order' | 'variant'): readonly string[] => ids.flatMap((id) => parseAnyPublicId(kind, id) ?? []);
  const [orders, variants] = [of('order'), of('variant')];
  if (orders.length + variants.length < ids.length) throw invalidField('/subjects', 'id', 'must be ids of orders and variants');
  return { orders, variants };
}

function wired(facts: Awaited<ReturnType<AuditFacts['of']>>): opsV1.AuditFact[] {
  return facts.map((fact) => ({ ...fact, rows: [...fact.rows] }));
}
