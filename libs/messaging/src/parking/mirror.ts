import { deadLetterTopic } from '@tandem/contracts';
import { envelopeOf } from '../publishing/envelope.js';
import type { OutboxRow } from '../publishing/pg-outbox.js';
import type { ParkedRow } from './parking.js';

/** Above this the copy goes without its payload, in bytes: escaping must not push it over the log's limit. */
const maxBytes = 400_000;

/** The copy of a dead letter on the `dead-letters` topic, for tooling. The truth is the row in `messaging.parked`. */
export function deadLetterRow(row: ParkedRow, { eventId, source }: { eventId: string; source: string }): OutboxRow {
  const key = row.key ?? `${row.topic}/${row.partition}`;
  const isLarge = Buffer.byteLength(row.payload ?? '') > maxBytes;
  const { id, grp, identity: _identity, recorded_at: _recordedAt, status: _status, rounds: _rounds, payload, ...facts } = row;
  return {
    topic: deadLetterTopic.name,
    key,
    headers: envelopeOf({ id: eventId, type: 'dead-letter.v1', source, subject: key, time: new Date() }),
    payload: JSON.stringify({ deadLetter: id, group: grp, ...facts, payload: isLarge ? null : payload, isTruncated: isLarge }),
  };
}
