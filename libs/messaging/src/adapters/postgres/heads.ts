/** Next offsets by partition id: how far the log reaches. */
export type Heads = ReadonlyMap<number, bigint>;

/** The channel of every wake-up. */
export const channel = 'tlog';

/** A NOTIFY may carry 8,000 bytes. Source: PostgreSQL documentation, NOTIFY. */
const maxPayloadBytes = 7_900;

/** What a wake-up says: how far partitions reach now, that a group changed, or only "look". */
export type WakeUp =
  { readonly kind: 'heads'; readonly heads: Heads } | { readonly kind: 'group'; readonly group: string } | { readonly kind: 'look' };

/** The payload of a wake-up; one that would not fit becomes "look". */
export function payloadOf(wakeUp: WakeUp): string {
  const payload =
    wakeUp.kind === 'heads'
      ? `r${[...wakeUp.heads].map(([part, next]) => `${part}:${next}`).join(',')}`
      : wakeUp.kind === 'group'
        ? `g${wakeUp.group}`
        : '*';
  return Buffer.byteLength(payload) > maxPayloadBytes ? '*' : payload;
}

/** Reads a payload; what it does not know is "look". */
export function wakeUpOf(payload: string): WakeUp {
  if (payload.startsWith('g')) return { kind: 'group', group: payload.slice(1) };
  if (!/^r\d+:\d+(,\d+:\d+)*$/.test(payload)) return { kind: 'look' };
  const pairs = payload
    .slice(1)
    .split(',')
    .map((pair) => pair.split(':'));
  return { kind: 'heads', heads: new Map(pairs.map(([part, next]) => [Number(part), BigInt(next ?? 0)])) };
}
