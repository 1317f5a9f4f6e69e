import { createHash } from 'node:crypto';
import { type Statement, type Tx, sessionOf } from '@tandem/kernel';
import type { Delivery, Outcome, Try } from '../consuming/delivery.js';
import { storable } from '../consuming/classify.js';
import type { LogRecord } from '../event-log.js';
import type { Logger } from '../logger.js';
import type { DeadLetterClass } from '../operations.js';
import { enqueueRow } from '../publishing/pg-outbox.js';
import { deadLetterRow } from './mirror.js';

const parkSql: Statement = { name: 'messaging.park', text: 'SELECT outcome FROM messaging.park($1, $2)' };

/** Why a message is set aside, and what becomes of it: `open` is tried again after `afterMs`, `dead` waits for an operator. */
export type Setting = {
  readonly class: DeadLetterClass;
  readonly reason: string;
  readonly status: 'open' | 'dead';
  readonly afterMs: number;
  readonly tries: readonly Try[];
  /** Scheduled retries so far. */
  readonly rounds: number;
};

export type ParkingParts = {
  readonly group: string;
  readonly newId: () => string;
  readonly deadLetterId: (uuid: string) => string;
  /** Called after a commit that parked something to be retried. */
  readonly wakeRetries: () => void;
  /** Called after a commit that wrote to the outbox. */
  readonly wakeRelay: () => void;
  readonly logger: Logger;
};

/** Sets messages aside, with a line in the log after the commit. Everything of one key that comes later waits behind the first, in order. */
export type Parking = { park(tx: Tx, delivery: Delivery, setting: Setting): Promise<Outcome> };

export function createParking(parts: ParkingParts): Parking {
  return {
    async park(tx, delivery, setting) {
      const row = rowOf(delivery, setting, { group: parts.group, id: delivery.retry?.id ?? parts.newId() });
      const [parked] = await sessionOf(tx).query<{ outcome: Parked | 'settled' }>(parkSql, [
        JSON.stringify(row),
        Math.round(setting.afterMs),
      ]);
      const outcome = parked?.outcome ?? 'settled';
      if (outcome === 'dead') await mirror(tx, row, parts);
      sessionOf(tx).afterCommit(parts.wakeRetries);
      if (outcome === 'settled') return { kind: 'duplicate' };
      sessionOf(tx).afterCommit(() => tell(parts, row, outcome));
      return { kind: 'parked', as: outcome };
    },
  };
}

type Parked = Extract<Outcome, { kind: 'parked' }>['as'];

/** What an operator needs to find the letter. One that waits behind another is no news. */
function tell({ logger, deadLetterId }: ParkingParts, row: ParkedRow, as: Parked): void {
  const { id, topic, key, type, offset, class: reasonClass, reason } = row;
  const facts = { deadLetter: deadLetterId(id), topic, key, type, offset, as, class: reasonClass, reason };
  logger[as === 'behind' ? 'debug' : 'warn'](facts, 'a message was set aside');
}

async function mirror(tx: Tx, row: ParkedRow, { group, newId, wakeRelay }: ParkingParts): Promise<void> {
  await enqueueRow(tx, deadLetterRow(row, { eventId: newId(), source: `/tandem/${group}` }));
  sessionOf(tx).afterCommit(wakeRelay);
}

/** A row of `messaging.parked` as `messaging.park` takes it. */
export type ParkedRow = ReturnType<typeof rowOf>;

function rowOf({ record, decoded }: Delivery, setting: Setting, { group, id }: { group: string; id: string }) {
  const type = record.headers['ce_type'];
  return {
    id,
    grp: group,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset.toString(),
    key: record.key === null ? null : storable(record.key).slice(0, 256),
    sequence: decoded.place?.sequence.toString() ?? null,
    type: type === undefined ? null : storable(type),
    identity: decoded.place?.eventId ?? identityOf(record),
    headers: Object.fromEntries(Object.entries(record.headers).map(([name, value]) => [storable(name), storable(value)])),
    ...payloadOf(record),
    recorded_at: record.timestamp.toISOString(),
    class: setting.class,
    reason: storable(setting.reason).slice(0, 2000),
    attempts: setting.tries.length,
    rounds: setting.rounds,
    tries: setting.tries,
    status: setting.status,
  };
}

/** A record that is none of ours is known by its place and what is in it: an offset may come back with another record. */
function identityOf(record: LogRecord): string {
  const digest = createHash('sha256')
    .update(record.raw ?? record.value ?? '')
    .digest('base64url');
  return `${record.topic}/${record.partition}/${record.offset}/${digest}`;
}

/** Text as text; what PostgreSQL cannot keep as text, in base64. */
function payloadOf({ value, raw }: LogRecord): { payload: string | null; encoding: 'text' | 'base64' } {
  if (raw) return { payload: Buffer.from(raw).toString('base64'), encoding: 'base64' };
  if (value !== null && storable(value) !== value) return { payload: Buffer.from(value).toString('base64'), encoding: 'base64' };
  return { payload: value, encoding: 'text' };
}
