/** How long a row belongs to the process that took it, and how often that process says that it still has it, milliseconds. */
export type Lease = { readonly ms: number; readonly renewedEveryMs: number };

/**
 * The lease of every queue. A live process renews it while the row is in hand, however long its server takes to answer, so that another takes the row over
 * only from one that is dead or cut off from the database: after ten seconds, which is as long as a mail of a dead process waits, and three renewals.
 */
export const lease: Lease = { ms: 10_000, renewedEveryMs: 3_000 };

/** How long a mail server may take to take a mail it was given, or not: so long rests what it cannot be asked for. Milliseconds; source: RFC 5321, 4.5.3.2.6. */
export const unaskableMs = 660_000;

/** The lease of mails: a server that cannot be asked must have had the time to take what a dead process gave it. */
export function leaseOfMails({ find }: { readonly find?: unknown }): Lease {
  return find ? lease : { ...lease, ms: unaskableMs };
}
