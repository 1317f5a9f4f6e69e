import type { opsV1 } from '@tandem/contracts';
import { type CallOptions, Refusal, uuidOf } from '@tandem/host';
import type { Fact, Queue, SetAside } from '../domain/audit-facts.js';
import { lookingBack, type Mark, tellsAges } from '../domain/audit-mark.js';
import { gather, type OperatedService, type Ops } from './fan-out.js';

const factsPerPage = 5_000;
const lettersPerPage = 100;
/** Orders and variants asked for at once. */
const subjectsPerCall = 500;
/** For a page of an audit, milliseconds. */
const pageMs = 10_000;

const everything = { cursor: '', limit: factsPerPage, subjects: [], changedSince: '' };

/** Facts, and until when each service had told everything when it was asked; `undefined` of one that cannot say. */
export type Reading = { readonly facts: readonly Fact[]; readonly asOf: readonly (Date | undefined)[] };
type Changes = { readonly subjects: readonly string[]; readonly asOf: readonly Date[] };

/** What an audit reads of all services, as one caller. A silent service refuses all of it: an audit with a gap proves nothing. */
export class AuditReading {
  constructor(
    private readonly services: readonly OperatedService[],
    private readonly as: CallOptions,
  ) {}

  /** Every fact there is. */
  async whole(): Promise<Reading> {
    const asOf: (Date | undefined)[] = [];
    const facts = await this.factsBy(async (ops, service) =>
      everyPage(async (cursor) => {
        const page = await ops.listAuditFacts({ ...everything, cursor }, this.within);
        if (cursor === '') asOf.push(momentOf(page));
        return { items: page.facts.map((fact) => factFrom(service, fact)), nextCursor: page.nextCursor };
      }),
    );
    return { facts, asOf: tellsAges(facts) ? asOf : [undefined] };
  }

  /**
   * The facts of what has changed since `mark`, is still open, or is watched; `undefined` when a service cannot say what that is, or it is too much. Of a
   * service's replicas any may answer each call: one of before knows no subjects, and tells what nobody asked for.
   */
  async since(mark: Mark): Promise<Reading | undefined> {
    const changes = await this.changes(mark);
    if (!changes) return undefined;
    const { subjects, asOf } = changes;
    const calls = Array.from({ length: Math.ceil(subjects.length / subjectsPerCall) }, (_, call) =>
      subjects.slice(call * subjectsPerCall, (call + 1) * subjectsPerCall),
    );
    let isAsAsked = true;
    const facts = await this.factsBy(async (ops, service) => {
      const found: Fact[] = [];
      for (const some of calls) {
        const page = await ops.listAuditFacts({ ...everything, subjects: some }, this.within);
        isAsAsked &&= momentOf(page) !== undefined;
        for (const fact of page.facts) found.push(factFrom(service, fact));
      }
      return found;
    });
    return isAsAsked && tellsAges(facts) ? { facts: onceEach(facts), asOf } : undefined;
  }

  async setAside(status: '' | 'discarded'): Promise<readonly SetAside[]> {
    const anything = { group: '', type: '', reason: '', orderId: '', failedBefore: '', status, limit: lettersPerPage };
    return this.heard(this.services, (ops, service) =>
      everyPage(async (cursor) => {
        const { deadLetters, nextCursor } = await ops.listDeadLetters({ ...anything, cursor }, this.within);
        return { items: deadLetters.map((letter) => setAsideFrom(service, letter)), nextCursor };
      }),
    );
  }

  async queues(): Promise<readonly Queue[]> {
    const unknown: string[] = [];
    const queues = await this.heard(this.services, async (ops) => {
      const [{ consumers }, { service, oldestAgeMs, refused, refusedIds }] = await Promise.all([
        ops.listConsumers({}, this.within),
        ops.getOutbox({}, this.within),
      ]);
      unknown.push(...consumers.filter(({ isLogSilent }) => isLogSilent).map(({ group, topic }) => `${group} on ${topic}`));
      const waiting = consumers.map((consumer) => ({
        name: `${consumer.group} on ${consumer.topic}`,
        oldestAgeMs: Number(consumer.oldestAgeMs),
        refused: 0,
        rows: [],
      }));
      const rows = refusedIds.map((id) => ({ service, table: 'messaging.outbox', id }));
      return [{ name: `outbox of ${service}`, oldestAgeMs: Number(oldestAgeMs), refused: Number(refused), rows }, ...waiting];
    });
    // What nobody can tell is no queue that is empty.
    if (unknown.length > 0)
      throw new Refusal('unavailable', { detail: `the event log does not tell how far these are: ${unknown.join(', ')}` });
    return queues;
  }

  private async changes(mark: Mark): Promise<Changes | undefined> {
    const changedSince = lookingBack(mark).toISOString();
    const pages = await this.heard(this.services, async (ops) => [
      await ops.listAuditFacts({ ...everything, limit: 1, changedSince }, this.within),
    ]);
    const asOf = pages.flatMap((page) => momentOf(page) ?? []);
    if (asOf.length < pages.length || pages.some(({ tooMany }) => tooMany)) return undefined;
    return { subjects: [...new Set([...mark.watched, ...pages.flatMap(({ changed }) => changed)])], asOf };
  }

  /** Orders are read after their effects, so that every effect read has its order. */
  private async factsBy(ask: (ops: Ops, service: string) => Promise<readonly Fact[]>): Promise<readonly Fact[]> {
    const ofOrder = ({ name }: OperatedService): boolean => name === 'order';
    const effects = await this.heard(
      this.services.filter((service) => !ofOrder(service)),
      ask,
    );
    return [...(await this.heard(this.services.filter(ofOrder), ask)), ...effects];
  }

  private async heard<T>(
    services: readonly OperatedService[],
    ask: (ops: Ops, service: string) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const { answers, silent } = await gather(services, ask);
    if (silent.length > 0) throw new Refusal('unavailable', { detail: `silent: ${silent.join(', ')}` });
    return answers.flatMap(({ answer }) => answer);
  }

  private get within(): CallOptions {
    return { ...this.as, timeoutMs: pageMs };
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

/** A variant's stock is told with each call that has an order of it. */
function onceEach(facts: readonly Fact[]): readonly Fact[] {
  const stock = new Map(facts.flatMap((fact) => (fact.kind === 'stock' ? [[fact.subject, fact]] : [])));
  return [...facts.filter(({ kind }) => kind !== 'stock'), ...stock.values()];
}

function momentOf({ asOf }: opsV1.AuditFactPage): Date | undefined {
  return asOf ? new Date(asOf) : undefined;
}

function setAsideFrom(service: string, letter: opsV1.DeadLetter): SetAside {
  const { id, group, topic, key, type, reason, firstFailedAt } = letter;
  const rows = [{ service, table: 'messaging.parked', id: uuidOf('deadLetter', id) }];
  return { id, group, topic, key, type, reason, since: new Date(firstFailedAt), rows };
}

function factFrom(service: string, { kind, subject, money, quantity, detail, at, ageMs, rows }: opsV1.AuditFact): Fact {
  return {
    kind,
    subject,
    money: money ? { amount: BigInt(money.amount), currency: money.currency } : null,
    quantity: quantity === undefined ? null : BigInt(quantity),
    detail,
    at: new Date(at),
    ageMs: ageMs === undefined ? null : Number(ageMs),
    rows: rows.map(({ table, id }) => ({ service, table, id })),
  };
}
