import { factOf } from '@tandem/kernel';

/** A call order made for this order, in its checkout or after, as it was noted. */
export type SagaStep = {
  readonly step: string;
  readonly at: string;
  readonly durationMs: number;
  readonly attempt: number;
  readonly result: string;
};

/** An event as its service wrote it down and handed it to the log. */
export type Publication = {
  readonly service: string;
  readonly eventId: string;
  readonly type: string;
  readonly at: string;
  readonly publishedAt: string | null;
};

/** What a service has made of an event: when its first try began (null where that is not known apart), and when it was settled (null while it waits). */
export type Handling = {
  readonly service: string;
  readonly eventId: string;
  readonly begunAt: string | null;
  readonly at: string | null;
  readonly outcome: string;
  readonly attempts: number;
  /** Its dead letter, where there is or was one, and why it failed there. */
  readonly deadLetterId?: string | undefined;
  readonly reason?: string | undefined;
};

/** A line of the order's history, whoever it came from; `eventId` of another service's event. */
export type HistoryLine = { readonly type: string; readonly at: string; readonly eventId?: string | undefined };

export type FlowStep = {
  readonly at: string;
  readonly service: string;
  readonly kind: 'sync' | 'async';
  readonly name: string;
  readonly durationMs: number;
  /** From the log having the event to the service having begun with it. */
  readonly queueDelayMs?: number;
  readonly attempts: number;
  readonly outcome: string;
  /** Of an event that is or was among the dead letters. */
  readonly deadLetterId?: string;
  readonly reason?: string;
};

export type FlowRecords = {
  readonly timeline: readonly SagaStep[];
  readonly publications: readonly Publication[];
  readonly handlings: readonly Handling[];
  readonly history: readonly HistoryLine[];
};

/** Who says what begins with this. */
const services: Readonly<Record<string, string>> = {
  shipment: 'shipping',
  payment: 'payment',
  points: 'loyalty',
  notification: 'notification',
};

/** The whole journey of an order, by time: the calls it took, every event each service handled, and facts whose events are forgotten already. */
export function flowOf({ timeline, publications, handlings, history }: FlowRecords): readonly FlowStep[] {
  const byId = new Map(publications.map((publication) => [publication.eventId, publication]));
  const calls = timeline.map(({ step, at, durationMs, attempt, result }): FlowStep => ({
    at,
    service: 'order',
    kind: 'sync',
    name: step,
    durationMs,
    attempts: attempt,
    outcome: result,
  }));
  const handled = handlings.flatMap((handling) => {
    const publication = byId.get(handling.eventId);
    return publication ? [handledStep(handling, publication)] : [];
  });
  const known = new Set(publications.map(({ type }) => factOf(type)));
  const remembered = history.flatMap(({ type, at, eventId }): FlowStep[] => {
    const service = services[type.split('.')[0] ?? ''];
    return service === undefined || (eventId === undefined ? known.has(type) : byId.has(eventId))
      ? []
      : [{ at, service, kind: 'async', name: type, durationMs: 0, attempts: 1, outcome: 'known-from-history' }];
  });
  return [...calls, ...handled, ...remembered].sort((a, b) => a.at.localeCompare(b.at));
}

/** It lasts from its first try until it is settled, an effect outside included. What goes out beside, a mail say, is a fact of its own. */
function handledStep(
  { service, begunAt, at, outcome, attempts, deadLetterId, reason }: Handling,
  { type, publishedAt, at: writtenAt }: Publication,
): FlowStep {
  const step = {
    service,
    kind: 'async',
    name: type,
    attempts,
    outcome,
    ...(deadLetterId === undefined ? {} : { deadLetterId, reason: reason ?? '' }),
  } as const;
  const heardAt = publishedAt ?? writtenAt;
  if (at === null) return { ...step, at: begunAt ?? heardAt, durationMs: 0 };
  const begun = begunAt ?? at;
  return { ...step, at: begun, durationMs: between(begun, at), queueDelayMs: Math.max(0, between(heardAt, begun)) };
}

/** Of its history, what order published itself: its own facts but `order.placed`, which nobody else is told of. */
function isOrdersOwn(type: string): boolean {
  return type.startsWith('order.') && type !== 'order.placed';
}

/** Whether all of order's own events are still known: services forget what they published and handled after 14 days, an order's calls and history stay. */
export function areEventsKnown(own: readonly Publication[], history: readonly HistoryLine[]): boolean {
  const published = new Set(own.map(({ type }) => factOf(type)));
  const wasConfirmed = history.some(({ type }) => type === 'order.confirmed');
  const isTold = (type: string): boolean => isOrdersOwn(type) && (wasConfirmed || type !== 'order.cancelled'); // of an order that never was one nobody hears
  return history.every(({ type }) => !isTold(type) || published.has(type));
}

function between(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
