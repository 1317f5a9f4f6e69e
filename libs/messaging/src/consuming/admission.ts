import { type Session, type Statement, type Tx, sessionOf } from '@tandem/kernel';
import type { Place } from './decode.js';

/** May a message be applied now? With `apply`, inbox row and mark are written in the caller's transaction. */
export type Admission = {
  readonly verdict: 'apply' | 'duplicate' | 'behind' | 'gap';
  /** Sequence settled before; null when the key was unknown. */
  readonly previous: string | null;
  /** The key has other messages parked. */
  readonly held: boolean | null;
};

/** The parked row a message is retried from. */
export type Retry = { readonly id: string; readonly attempts: number; readonly rounds: number; readonly forced: boolean };

/** How often a message has been tried, this time included, and how long ago the first time began. */
export type Tried = { readonly attempts: number; readonly sinceMs: number };

const admitSql: Statement = {
  name: 'messaging.admit',
  text: 'SELECT verdict, previous::text, held FROM messaging.admit($1, $2, $3, $4, $5, $6, $7, $8, $9)',
};
const admitManySql: Statement = {
  name: 'messaging.admit_many',
  text: 'SELECT messaging.admit_many($1, $2, $3, $4, $5) AS applied',
};
const retractSql: Statement = { name: 'messaging.retract', text: 'SELECT messaging.retract($1, $2, $3, $4, $5)' };
const releaseSql: Statement = { name: 'messaging.release', text: 'SELECT messaging.release($1, $2)' };
const healSql: Statement = { name: 'messaging.heal', text: 'SELECT messaging.heal($1, $2, $3, $4)' };

/** Without an event id only the mark moves. */
type Asked = Omit<Place, 'eventId'> & { readonly eventId: string | null };

type Asking = { readonly retry?: Retry | undefined; readonly tried?: Tried };

/** The gate of one consumer group. */
export type Gate = ReturnType<typeof createGate>;

export function createGate(group: string) {
  const admit = async (session: Session, { topic, key, sequence, eventId }: Asked, { retry, tried }: Asking = {}): Promise<Admission> => {
    const values = [
      group,
      topic,
      key,
      sequence,
      eventId,
      retry?.id ?? null,
      retry?.forced ?? false,
      tried?.attempts ?? 1,
      tried?.sinceMs ?? null,
    ];
    const [admission] = await session.query<Admission>(admitSql, values);
    if (!admission) throw new Error('messaging.admit has answered nothing');
    return admission;
  };
  return {
    /** One statement, inside the transaction of the effect. */
    admit: (tx: Tx, place: Place, asking: Asking) => admit(sessionOf(tx), place, asking),
    /** The same for many, each of another key, in one statement; answers per place whether it was taken in. What was not is to be asked for alone. */
    async admitMany(tx: Tx, places: readonly Place[]): Promise<readonly boolean[]> {
      const column = <T>(of: (place: Place) => T): readonly T[] => places.map(of);
      const values = [
        group,
        column(({ topic }) => topic),
        column(({ key }) => key),
        column(({ sequence }) => sequence.toString()),
        column(({ eventId }) => eventId),
      ];
      const [row] = await sessionOf(tx).query<{ applied: readonly boolean[] }>(admitManySql, values);
      return row?.applied ?? [];
    },
    /** Moves the mark past a message nobody wants; one statement, no transaction needed. */
    skip: (session: Session, place: Place) => admit(session, { ...place, eventId: null }),
    /** Takes an `apply` back: the message was only planned. */
    retract: (tx: Tx, place: Place, previous: string | null) =>
      sessionOf(tx).query(retractSql, [group, place.topic, place.key, place.eventId, previous]),
    /** Ends the parked row a message was retried from; the next of its key becomes due. */
    release: (tx: Tx, retry: Retry) => sessionOf(tx).query(releaseSql, [retry.id, 'replayed']),
    /** A hole was filled: what waited behind it becomes due. */
    heal: (tx: Tx, place: Place) => sessionOf(tx).query(healSql, [group, place.topic, place.key, place.sequence]),
  };
}
