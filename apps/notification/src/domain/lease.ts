/**
 * How long a process that sends has a row to itself, milliseconds. It renews the lease while the row is in hand, however long its server takes to
 * answer, so that another process takes it over only from one that is dead, or cut off from the database.
 */
export const lease = { forMs: 30_000, renewedEveryMs: 10_000 } as const;
