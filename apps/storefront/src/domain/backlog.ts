/** Where what was sold waits: events on their way out, and events on their way into a service. */
export const backlogSignals = ['outbox', 'consumers'] as const;
export type BacklogSignal = (typeof backlogSignals)[number];

/** The oldest that waits anywhere, and where. */
export type Backlog = { readonly signal: BacklogSignal; readonly of: string; readonly oldestAgeMs: number };
/** `isClosed`: new shoppers are refused for it. `oldSince`: since when it is old enough for that, by the clock of the looks; `null` while it is not. */
export type Standing = Backlog & { readonly isClosed: boolean; readonly oldSince: number | null };

/**
 * A backlog closes the door at one age and opens it at a lower one, milliseconds, so that it does not swing. An outage leaves one that is worked off in
 * minutes, and who reads a topic from its beginning is behind by months for as long: only what stays that old while everything is up says that more is
 * sold than can be dealt with.
 */
export const backlogBounds = { closesAtMs: 900_000, opensAtMs: 300_000 } as const;
/** It has to stay so old for this long before it closes the door, milliseconds. */
export const watchedMs = 300_000;

/** How it stands after a look at `at`, milliseconds of a clock that only goes forward; `before`: how it stood. */
export function judge(before: Pick<Standing, 'isClosed' | 'oldSince'>, seen: Backlog, at: number): Standing {
  const oldSince = seen.oldestAgeMs >= backlogBounds.closesAtMs ? (before.oldSince ?? at) : null;
  const isClosed = before.isClosed ? seen.oldestAgeMs >= backlogBounds.opensAtMs : oldSince !== null && at - oldSince >= watchedMs;
  return { ...seen, isClosed, oldSince };
}

/** The oldest of one signal. */
export function oldestOf(signal: BacklogSignal, waiting: readonly Omit<Backlog, 'signal'>[]): Backlog {
  return waiting.reduce<Backlog>((oldest, each) => (each.oldestAgeMs > oldest.oldestAgeMs ? { signal, ...each } : oldest), {
    signal,
    of: '',
    oldestAgeMs: 0,
  });
}
