/** A row of a service's database. `id` is its key's; of a key of several columns, the one that names the order or the product. */
export type Row = { readonly service: string; readonly table: string; readonly id: string };

/** One thing a service holds to be true, and its rows; none from a service of before they were told. `kind` is e.g. `order.confirmed`, `subject` the id it is about. Amounts are minor units. `ageMs`: since it was written, by the clock of the database it is in; null when that is not told. */
export type Fact = {
  readonly kind: string;
  readonly subject: string;
  readonly money: { readonly amount: bigint; readonly currency: string } | null;
  readonly quantity: bigint | null;
  readonly detail: string;
  readonly at: Date;
  readonly ageMs: number | null;
  readonly rows: readonly Row[];
};

/** A message somebody set aside: its consumer group, and the order or other key it is about, `''` for none. */
export type SetAside = {
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly reason: string;
  readonly since: Date;
  readonly rows: readonly Row[];
};

/** Something that should drain: an outbox, or what a consumer group has not handled of a topic. `refused` of its messages never will. */
export type Queue = { readonly name: string; readonly oldestAgeMs: number; readonly refused: number; readonly rows: readonly Row[] };

/** Everything the auditor looks at. `open` messages will still be handled, or wait for an operator; `discarded` ones never will be. */
export type Evidence = {
  readonly facts: readonly Fact[];
  readonly open: readonly SetAside[];
  readonly discarded: readonly Pick<SetAside, 'group' | 'key'>[];
  readonly queues: readonly Queue[];
  readonly now: Date;
};

/** What the order service knows of a refund. `at`, and by the order's database `ageMs` ago: when it ended or, if it has not, was opened. */
export type AuditedRefund = {
  readonly id: string;
  readonly status: string;
  readonly cause: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly at: Date;
  readonly ageMs: number | null;
  readonly rows: readonly Row[];
};

/** `rows`: those it can be seen in. */
export type Violation = { readonly subject: string; readonly message: string; readonly rows: readonly Row[] };
/** `remedy`: what an operator does about a violation. */
export type Invariant = {
  readonly id: string;
  readonly title: string;
  readonly remedy: string;
  readonly checked: number;
  readonly violations: readonly Violation[];
};

export type Judgement = { readonly checked: number; readonly violations: readonly Violation[] };

/** An order as the order service tells it. */
export type AuditedOrder = {
  readonly id: string;
  readonly state: 'confirmed' | 'cancelled' | 'open';
  readonly status: string;
  /** It was confirmed once, so its effects were set going. */
  readonly wasConfirmed: boolean;
  readonly customerId: string | null;
  readonly total: Fact['money'];
  readonly units: bigint | null;
  /** Units that refunds gave back; null when there were refunds and nobody tells of what: an order service of before this was told. */
  readonly returned: bigint | null;
  /** Its lines with tickets: the units of each that came back, and its tickets as variant and seat: `var_… A1`. */
  readonly tickets: readonly { readonly returned: number; readonly seats: readonly string[] }[];
  /** What is paid for the goods alone, minor units: what earns points. */
  readonly goods: bigint | null;
  /** Its refunds, what it was told it has earned and kept, and what it was paid with; null from an order service of before these were told. */
  readonly refunds: readonly AuditedRefund[] | null;
  readonly pointsEarned: bigint | null;
  readonly pointsRedeemed: bigint | null;
  /** The kinds of its history's entries, in their order, and the number of the last. */
  readonly history: readonly string[];
  readonly lastSequence: number;
  readonly at: Date;
  readonly ageMs: number | null;
  readonly rows: readonly Row[];
};

type LineDetail = {
  readonly variantId?: unknown;
  readonly quantity?: unknown;
  readonly returned?: unknown;
  readonly seats?: readonly unknown[];
};

const states = { 'order.confirmed': 'confirmed', 'order.cancelled': 'cancelled', 'order.open': 'open' } as const;

/** Of facts that tell of an order itself. */
export const orderKinds: ReadonlySet<string> = new Set(Object.keys(states));

/** What an order may keep open, and a message may wait, before it counts as stuck. Milliseconds. */
export const stuckAfterMs = 600_000;

/** Effects may take this long before their absence counts. Milliseconds. */
export const settlingMs = 15_000;

/** Evidence in the order the judges need it. */
export type Case = {
  readonly orders: readonly AuditedOrder[];
  /** Facts about a subject of one kind. */
  of(kind: string, subject: string): readonly Fact[];
  all(kind: string): readonly Fact[];
  /** Old enough: what is missing now is missing, unless a message that waits explains it. By its age, whatever the time is here; by `at` alone when that is not told. */
  isSettled(fact: Pick<Fact, 'at' | 'ageMs'>): boolean;
  /** Whether a group has a message of the order set aside. */
  waits(group: string, orderId: string): boolean;
  /** Whether somebody gave up on what a group should have done for an order. */
  gaveUp(group: string, orderId: string): boolean;
  /** Either of the two: then what the group should have done may be missing. */
  lacks(group: string, orderId: string): boolean;
  readonly open: readonly SetAside[];
  readonly queues: readonly Queue[];
  readonly now: Date;
};

export function openCase({ facts, open, discarded, queues, now }: Evidence): Case {
  const byKind = grouped(facts, (fact) => fact.kind);
  const bySubject = grouped(facts, (fact) => `${fact.kind} ${fact.subject}`);
  const keysOf = (letters: Evidence['discarded']) => new Set(letters.map(({ group, key }) => `${group} ${key}`));
  const [waiting, abandoned] = [keysOf(open), keysOf(discarded)];
  const waits = (group: string, id: string): boolean => waiting.has(`${group} ${id}`);
  const gaveUp = (group: string, id: string): boolean => abandoned.has(`${group} ${id}`);
  return {
    orders: facts.flatMap((fact) => orderFrom(fact)),
    of: (kind, subject) => bySubject.get(`${kind} ${subject}`) ?? [],
    all: (kind) => byKind.get(kind) ?? [],
    isSettled: ({ at, ageMs }) => (ageMs ?? now.getTime() - at.getTime()) > settlingMs,
    waits,
    gaveUp,
    lacks: (group, id) => waits(group, id) || gaveUp(group, id),
    open,
    queues,
    now,
  };
}

function orderFrom(fact: Fact): readonly AuditedOrder[] {
  if (!(fact.kind in states)) return [];
  const detail = detailOf(fact);
  const state = states[fact.kind as keyof typeof states];
  const lines = Array.isArray(detail['lines']) ? (detail['lines'] as readonly LineDetail[]) : null;
  const history = Array.isArray(detail['history']) ? (detail['history'] as readonly string[]) : [];
  const tellsReturned = !history.includes('order.refunded') || (lines ?? []).every(({ returned }) => returned !== undefined);
  return [
    {
      id: fact.subject,
      state,
      status: String(detail['status'] ?? ''),
      wasConfirmed: state === 'confirmed' || detail['wasConfirmed'] === true,
      customerId: typeof detail['customerId'] === 'string' ? detail['customerId'] : null,
      total: fact.money,
      units: lines && sumOf(lines.map(({ quantity }) => quantity)),
      returned: tellsReturned ? sumOf((lines ?? []).map(({ returned }) => returned)) : null,
      tickets: (lines ?? []).flatMap(({ variantId, returned, seats }) =>
        seats ? [{ returned: Number(returned ?? 0), seats: seats.map((seat) => `${String(variantId)} ${String(seat)}`) }] : [],
      ),
      goods: typeof detail['goods'] === 'string' ? BigInt(detail['goods']) : null,
      refunds: refundsOf(fact, detail['refunds']),
      pointsEarned: countOf(detail['pointsEarned']),
      pointsRedeemed: countOf(detail['pointsRedeemed']),
      history,
      lastSequence: Number(detail['lastSequence'] ?? 0),
      at: fact.at,
      ageMs: fact.ageMs,
      rows: fact.rows,
    },
  ];
}

/** What does not hold, and whatever has rows that show it. */
export type Fault = { readonly message: string; readonly about: readonly { readonly rows: readonly Row[] }[] };

export const fault = (message: string, ...about: Fault['about']): Fault => ({ message, about });

/** `when` it is so, the fault alone; else none. */
export function faultWhen(when: boolean, message: string, ...about: Fault['about']): readonly Fault[] {
  return when ? [fault(message, ...about)] : [];
}

/** The faults of one subject, with its own rows first. */
export function violationsOf({ id, rows }: Pick<AuditedOrder, 'id' | 'rows'>, faults: readonly Fault[]): readonly Violation[] {
  return faults.map(({ message, about }) => ({ subject: id, message, rows: [...rows, ...about.flatMap((shown) => shown.rows)] }));
}

function sumOf(units: readonly unknown[]): bigint {
  return units.reduce<bigint>((sum, count) => sum + BigInt(Number(count ?? 0)), 0n);
}

type RefundDetail = { readonly row: string; readonly minor: string; readonly at: string; readonly ageMs?: number } & Pick<
  AuditedRefund,
  'id' | 'status' | 'cause' | 'currency'
>;

function refundsOf({ rows }: Fact, told: unknown): readonly AuditedRefund[] | null {
  if (!Array.isArray(told)) return null;
  return (told as readonly RefundDetail[]).map(({ row, minor, at, ageMs, ...refund }) => ({
    ...refund,
    amount: BigInt(minor),
    at: new Date(at),
    ageMs: ageMs ?? null,
    rows: rows.slice(0, 1).map(({ service }) => ({ service, table: 'order_refund', id: row })),
  }));
}

function countOf(told: unknown): bigint | null {
  return typeof told === 'number' ? BigInt(told) : null;
}

/** The JSON of a fact's detail; empty when it is none. */
export function detailOf({ detail }: Fact): Readonly<Record<string, unknown>> {
  return detail.startsWith('{') ? (JSON.parse(detail) as Record<string, unknown>) : {};
}

export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
