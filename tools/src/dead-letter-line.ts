import { ageOf } from './age.js';

/** A dead letter as `GET /ops/v1/dead-letters` tells it, as far as a line shows it. */
export type ListedLetter = {
  readonly id: string;
  readonly group: string;
  readonly type: string;
  readonly key: string;
  readonly status: string;
  readonly class: string;
  readonly reason: string;
  readonly attempts: number;
  readonly firstFailedAt: string;
  readonly nextAt: string | null;
};

/** A dead letter in one line: where, what, whose, its state and class, since when, how often tried, when again by itself, why. */
export function deadLetterLine(letter: ListedLetter, now: Date): string {
  const { id, group, type, key, status, attempts, firstFailedAt, nextAt, reason } = letter;
  const age = ageOf(now.getTime() - Date.parse(firstFailedAt));
  const tries = `${attempts} ${attempts === 1 ? 'try' : 'tries'}${nextAt === null ? '' : `, next ${nextAt}`}`;
  return [id, group, type, key, status, letter.class, `${age} old`, tries, reason].join('  ');
}
