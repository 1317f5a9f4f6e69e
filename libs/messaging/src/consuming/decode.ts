import { factOf, isUuid } from '@tandem/kernel';
import { z } from 'zod';
import type { LogRecord } from '../event-log.js';
import type { Message } from '../handler.js';
import type { Subscriber } from '../strategy.js';
import { inOneLine } from './classify.js';

/** Where a message of ours stands: one event, one key, one sequence. A record without a place holds nothing up. */
export type Place = { readonly topic: string; readonly key: string; readonly sequence: bigint; readonly eventId: string };

/** What a record is to this service. */
export type Decoded =
  | { readonly kind: 'event'; readonly place: Place; readonly message: Message; readonly subscribers: readonly Subscriber[] }
  /** An event nobody here listens to. */
  | { readonly kind: 'unhandled'; readonly place: Place; readonly type: string }
  /** Can never be handled as it is. */
  | { readonly kind: 'invalid'; readonly place: Place | undefined; readonly type: string | undefined; readonly because: string };

/** Who listens to what, by CloudEvents type; the topics of those types; how many messages of a partition may be in hand at a time; how often it wakes, if it sleeps. */
export type Subscriptions = {
  readonly byType: ReadonlyMap<string, readonly Subscriber[]>;
  readonly topics: readonly string[];
  readonly concurrency: number;
  readonly wakeEveryMs: number | undefined;
};

/** How many messages of a partition are in hand at a time where no handler says otherwise: a sick one in its tries holds up only its key. */
const usualConcurrency = 4;

export function subscriptionsOf(subscribers: readonly Subscriber[]): Subscriptions {
  const byType = new Map<string, Subscriber[]>();
  for (const subscriber of subscribers) {
    const { type } = subscriber.definition;
    byType.set(type, [...(byType.get(type) ?? []), subscriber]);
  }
  const concurrency = Math.max(...subscribers.map(({ options }) => options.concurrency ?? options.batch ?? usualConcurrency), 1);
  const wakes = subscribers.map(({ options }) => options.wakeEveryMs ?? 0);
  const wakeEveryMs = wakes.length > 0 && wakes.every((ms) => ms > 0) ? Math.min(...wakes) : undefined;
  return { byType, concurrency, wakeEveryMs, topics: [...new Set(subscribers.map(({ definition }) => definition.topic))] };
}

/** Reads a record. `known`: every type that was ever published, so that an unknown major is told from a version handled elsewhere. */
export function decode(record: LogRecord, subscriptions: Subscriptions, known: ReadonlySet<string>): Decoded {
  const place = placeOf(record);
  const type = record.headers['ce_type'];
  const invalid = (because: string): Decoded => ({ kind: 'invalid', place, type, because });
  if (type === undefined) return invalid('no ce_type header');
  if (!place) return invalid('no key, or no usable ce_id or ce_sequence header');
  const subscribers = subscriptions.byType.get(type);
  if (!subscribers)
    return isUnknownMajor(type, subscriptions, known)
      ? invalid(`unknown major of a known event: ${type}`)
      : { kind: 'unhandled', place, type };
  const parsed = parse(record, subscribers[0]);
  return parsed.ok
    ? { kind: 'event', place, message: messageOf(record, place, { type, data: parsed.data }), subscribers }
    : invalid(parsed.because);
}

const positive = /^[1-9]\d{0,17}$/;
/** Longer keys are none of ours, and would not fit into an index. */
const longestKey = 256;

function placeOf({ topic, key, headers }: LogRecord): Place | undefined {
  const eventId = headers['ce_id'];
  const sequence = headers['ce_sequence'];
  if (key === null || key.length > longestKey || key.includes('\0') || eventId === undefined || sequence === undefined) return undefined;
  if (!isUuid(eventId) || !positive.test(sequence)) return undefined;
  return { topic, key, sequence: BigInt(sequence), eventId };
}

/** `order.confirmed.v9` where this service handles `order.confirmed.v1` and nobody has ever heard of v9. */
function isUnknownMajor(type: string, subscriptions: Subscriptions, known: ReadonlySet<string>): boolean {
  const fact = factOf(type);
  if (fact === type || known.has(type)) return false;
  return [...subscriptions.byType.keys()].some((handled) => factOf(handled) === fact);
}

type Parsed = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly because: string };

function parse(record: LogRecord, subscriber: Subscriber | undefined): Parsed {
  if (record.raw) return { ok: false, because: 'the value is not UTF-8' };
  if (record.value === null) return { ok: false, because: 'a tombstone where an event was expected' };
  const json = parseJson(record.value);
  if (!json.ok) return json;
  return fitted(json.data, subscriber);
}

/** A schema that throws (a transformation of it) will throw the next time, too: its record is as invalid as one that does not fit. */
function fitted(data: unknown, subscriber: Subscriber | undefined): Parsed {
  try {
    const result = subscriber?.definition.schema.safeParse(data);
    if (result?.success) return { ok: true, data: result.data };
    return { ok: false, because: `does not fit its schema: ${result ? z.prettifyError(result.error) : 'none'}` };
  } catch (error) {
    return { ok: false, because: `its schema throws: ${inOneLine(error)}` };
  }
}

function parseJson(text: string): Parsed {
  try {
    return { ok: true, data: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, because: `not JSON: ${(error as Error).message}` };
  }
}

function messageOf(record: LogRecord, place: Place, { type, data }: { type: string; data: unknown }): Message {
  const time = new Date(record.headers['ce_time'] ?? NaN);
  const traceparent = record.headers['traceparent'];
  return {
    id: place.eventId,
    type,
    source: record.headers['ce_source'] ?? '',
    time: Number.isNaN(time.getTime()) ? record.timestamp : time,
    topic: place.topic,
    partition: record.partition,
    offset: record.offset,
    key: place.key,
    sequence: place.sequence,
    ...(traceparent === undefined ? {} : { traceparent }),
    headers: record.headers,
    data,
  };
}
