import { type Case, grouped, type Judgement, type Queue, type SetAside, stuckAfterMs, type Violation } from './audit-facts.js';

/** I8. Faults of a whole system park nothing, so what is parked for so long is sick itself. */
export function queuesDrain({ queues, open, now }: Case): Judgement {
  const heads = [...grouped(open, ({ id, group, topic, key }) => `${group} ${topic} ${key || id}`).values()];
  const late = heads.flatMap((messages) => faultsOfKey(messages, now));
  return { checked: queues.length + heads.length, violations: [...queues.flatMap((queue) => faultsOfQueue(queue)), ...late] };
}

function faultsOfQueue({ name: subject, oldestAgeMs, refused, rows }: Queue): readonly Violation[] {
  return [
    ...(oldestAgeMs > stuckAfterMs ? [{ subject, message: `its oldest message waits for ${minutes(oldestAgeMs)}`, rows: [] }] : []),
    ...(refused > 0 ? [{ subject, message: `the log refuses ${refused} of its messages`, rows }] : []),
  ];
}

/** Messages of one key, the first of which holds the others. */
function faultsOfKey(messages: readonly SetAside[], now: Date): readonly Violation[] {
  const [first] = messages;
  const ageMs = first ? now.getTime() - first.since.getTime() : 0;
  if (!first || ageMs <= stuckAfterMs) return [];
  const { id, group, topic, key, type, reason } = first;
  const behind = messages.length > 1 ? `, ${messages.length - 1} behind it` : '';
  const message = `${group} has ${type || 'a message'} (${id}) set aside for ${minutes(ageMs)}${behind}: ${reason}`;
  return [{ subject: key || `${group} on ${topic}`, message, rows: messages.flatMap(({ rows }) => rows) }];
}

function minutes(ms: number): string {
  return `${Math.floor(ms / 60_000)} minutes`;
}

/** What is judged by what each group does of an order. */
const judgedOf: Readonly<Record<string, string>> = {
  notification: 'mails',
  shipping: 'shipment',
  document: 'documents',
  loyalty: 'points',
  inventory: 'stock',
  order: 'refunds and points as the order has them',
};

export type NotJudged = { readonly subject: string; readonly message: string };

/** What is left out now, and why: a message that waits may be what is missing. */
export function notJudged(open: readonly SetAside[]): readonly NotJudged[] {
  const about = open.filter(({ group, key }) => key.startsWith('ord_') && group in judgedOf);
  return [...grouped(about, ({ group, key }) => `${group} ${key}`).values()].flatMap(([letter]) =>
    letter
      ? [{ subject: letter.key, message: `its ${judgedOf[letter.group]}: ${letter.group} has ${letter.type} set aside (${letter.id})` }]
      : [],
  );
}
