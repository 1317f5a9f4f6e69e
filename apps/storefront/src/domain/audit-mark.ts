import { type Fact, type Invariant, orderKinds, settlingMs } from './audit-facts.js';

/** How far audits have come: what was written before `at` has been judged; `watched` is judged again, because it was not as it should be. */
export type Mark = { readonly at: Date; readonly watched: readonly string[] };

/**
 * An order is judged once it is 15 seconds old, by the clock of its own database, which is the clock that a mark is no later than: what was too young is
 * found again by looking this far back behind the mark, whatever the time is here. Milliseconds.
 */
const lookBackMs = 2 * settlingMs;

/** A mark travels in an address, which may be 16 kB long. With more than this in it, it is time for a full audit. */
const mostWatched = 200;

/** Of what an audit can judge by itself: the ids of orders and variants. */
const subject = /^(ord|var)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** `2026-11-22T21:00:00.000Z,ord_…,var_…`: a time, and what is watched. `undefined` for any other text. */
export function parseMark(text: string): Mark | undefined {
  const [time = '', ...watched] = text.split(',');
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(time) ? Date.parse(time) : NaN;
  if (Number.isNaN(at) || watched.length > mostWatched || !watched.every((id) => subject.test(id))) return undefined;
  return { at: new Date(at), watched };
}

/** Whether it is told of all that is judged by its age how old it is. A service of before this was told gives its time alone, by a clock that the mark does not go by. */
export function tellsAges(facts: readonly Fact[]): boolean {
  return facts.every(({ kind, ageMs }) => ageMs !== null || !(orderKinds.has(kind) || kind === 'payment.refunded'));
}

export function formatMark({ at, watched }: Mark): string {
  return [at.toISOString(), ...watched].join(',');
}

/** From when on an audit after `mark` has to look at what was written. */
export function lookingBack({ at }: Mark): Date {
  return new Date(at.getTime() - lookBackMs);
}

/**
 * What the next audit goes on from; `undefined` when only a full one will do: a service cannot say until when it has told everything, or too much is wrong,
 * or something that cannot be watched. Of queues (I8) all is read every time.
 */
export function nextMark(asOf: readonly (Date | undefined)[], invariants: readonly Invariant[]): Mark | undefined {
  const known = asOf.flatMap((at) => (at ? [at.getTime()] : []));
  const wrong = invariants.filter(({ id }) => id !== 'I8').flatMap(({ violations }) => violations.map((violation) => violation.subject));
  const watched = [...new Set(wrong)];
  if (known.length < asOf.length || known.length === 0) return undefined;
  if (watched.length > mostWatched || !watched.every((id) => subject.test(id))) return undefined;
  return { at: new Date(Math.min(...known)), watched };
}
