import { createHash } from 'node:crypto';
import { type Problem, type ProblemCode } from '@tandem/contracts';
import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import { type Caller } from './grpc/caller.js';
import { Refusal } from './refusal.js';

/** Refusals that are answers of work that began: a repeat of the key gets them again. All others leave the key free. */
const storedProblems: ReadonlySet<ProblemCode> = new Set(['payment-declined', 'out-of-stock', 'seats-taken', 'price-changed']);

/** Answers kept for a key. Source: the API's conventions, docs/reference/api.md. */
export const idempotencyRetentionHours = 48;

export type Scope = { readonly principal: string; readonly key: string; readonly requestHash: Buffer; readonly requestId: string };

/** An effect that happens once per (principal, key). */
export type Effect<Prepared, Reply> = {
  /** Reads and remote calls, before the transaction; not run for a repeat. */
  readonly prepare: () => Promise<Prepared>;
  /** Writes and answers; rolled back when it throws. */
  readonly run: (tx: Tx, prepared: Prepared) => Promise<Reply>;
};

const find: Statement = {
  name: 'idempotency_find',
  text: 'SELECT request_hash, kind, outcome, request_id FROM platform.idempotency_key WHERE principal = $1 AND key = $2',
};
const lock: Statement = {
  name: 'idempotency_lock',
  text: 'SELECT pg_try_advisory_xact_lock(hashtextextended($1 || chr(10) || $2, 7402)) AS free',
};
const savepoint: Statement = { name: 'idempotency_savepoint', text: 'SAVEPOINT effect' };
const undo: Statement = { name: 'idempotency_undo', text: 'ROLLBACK TO SAVEPOINT effect' };
const store: Statement = {
  name: 'idempotency_store',
  text: 'INSERT INTO platform.idempotency_key (principal, key, request_hash, kind, outcome, request_id) VALUES ($1, $2, $3, $4, $5, $6)',
};

type Row = { request_hash: Buffer; kind: 'reply' | 'problem'; outcome: unknown; request_id: string };

/** A 400 for a request that needs a key and has none, or one that cannot be sent on. */
export function keyMissing(errors?: Problem['errors']): Refusal {
  const detail = 'send a key of your own, e.g. a UUID: a new one for each request, the same to repeat it';
  return new Refusal('idempotency-key-missing', errors ? { detail, errors } : { detail });
}

/** A 409 for a repeat that comes while the first is under way. */
export function keyInFlight(): Refusal {
  return new Refusal('idempotency-key-in-flight', { detail: 'ask again in a second for the answer of the first', retryAfterSeconds: 1 });
}

/** A 422 for a key that came with another request. */
export function keyReused(): Refusal {
  return new Refusal('idempotency-key-reused', {
    detail: 'the key came with another path or body before; send another key for another request',
  });
}

/** What identifies a request: the operation and its body. */
export function hashOf(operation: string, body: Uint8Array): Buffer {
  return createHash('sha256').update(operation).update('\n').update(body).digest();
}

/** The scope of a caller's key; `undefined` when it sent none. */
export function scopeOf(caller: Caller, requestHash: Buffer): Scope | undefined {
  if (caller.idempotencyKey === undefined) return undefined;
  const principal = caller.by.kind === 'user' ? caller.by.principal.id : caller.by.kind === 'service' ? caller.by.service : 'anonymous';
  return { principal, key: caller.idempotencyKey, requestHash, requestId: caller.requestId };
}

/**
 * Runs `effect` in one transaction, once per scope: a repeat gets the stored reply (and the caller is told), or throws the stored refusal.
 * Refuses with `idempotency-key-in-flight` and `idempotency-key-reused`. Without a scope it just runs. Replies are stored as JSON.
 */
export async function once<Prepared, Reply>(
  database: Database,
  caller: Caller,
  scope: Scope | undefined,
  effect: Effect<Prepared, Reply>,
): Promise<Reply> {
  if (!scope) {
    const prepared = await effect.prepare();
    return database.transaction((tx) => effect.run(tx, prepared));
  }
  const [earlier] = await database.query<Row>(find, [scope.principal, scope.key]);
  if (earlier) return replay<Reply>(earlier, scope, caller);
  const outcome = await settle(database, scope, effect);
  if (outcome.kind === 'earlier') return replay<Reply>(outcome.row, scope, caller);
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome.reply;
}

type Settled<Reply> = { kind: 'done'; reply: Reply } | { kind: 'refused'; refusal: Refusal } | { kind: 'earlier'; row: Row };

async function settle<Prepared, Reply>(database: Database, scope: Scope, effect: Effect<Prepared, Reply>): Promise<Settled<Reply>> {
  const prepared = await attempt(effect.prepare);
  return database.transaction(async (tx): Promise<Settled<Reply>> => {
    const session = sessionOf(tx);
    const [claimed] = await session.query<{ free: boolean }>(lock, [scope.principal, scope.key]);
    if (!claimed?.free) throw keyInFlight();
    const [row] = await session.query<Row>(find, [scope.principal, scope.key]);
    if (row) return { kind: 'earlier', row };
    if (prepared.kind === 'refused') return refuse(tx, scope, prepared.refusal);
    await session.query(savepoint);
    const result = await attempt(() => effect.run(tx, prepared.value));
    if (result.kind === 'done') {
      await session.query(store, [scope.principal, scope.key, scope.requestHash, 'reply', JSON.stringify(result.value), scope.requestId]);
      return { kind: 'done', reply: result.value };
    }
    await session.query(undo);
    return refuse(tx, scope, result.refusal);
  });
}

async function refuse(tx: Tx, scope: Scope, refusal: Refusal): Promise<{ kind: 'refused'; refusal: Refusal }> {
  await sessionOf(tx).query(store, [
    scope.principal,
    scope.key,
    scope.requestHash,
    'problem',
    JSON.stringify(refusal.problem),
    scope.requestId,
  ]);
  return { kind: 'refused', refusal };
}

/** Catches only the refusals that are stored; anything else goes on, and the transaction with it. */
async function attempt<T>(work: () => Promise<T>): Promise<{ kind: 'done'; value: T } | { kind: 'refused'; refusal: Refusal }> {
  try {
    return { kind: 'done', value: await work() };
  } catch (error) {
    if (error instanceof Refusal && storedProblems.has(error.problem.code)) return { kind: 'refused', refusal: error };
    throw error;
  }
}

function replay<Reply>(row: Row, scope: Scope, caller: Caller): Reply {
  if (!row.request_hash.equals(scope.requestHash)) throw keyReused();
  if (row.kind === 'reply') {
    caller.markReplayed();
    return row.outcome as Reply;
  }
  const { code, ...details } = row.outcome as Problem;
  throw new Refusal(code, details, { requestId: row.request_id });
}
