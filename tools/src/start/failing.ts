import { Failure } from '../failure.js';
import { lastWords, linesOf } from '../last-words.js';

/** A process that cannot come up. */
export type Failing = {
  readonly name: string;
  /** The path of its log. */
  readonly log: string;
  /** The byte of the log at which its last life begins. */
  readonly from: number;
  /** It has said that its configuration does not hold, so the next try would end as the last one. */
  readonly refusesConfiguration: boolean;
};

/** What the person who started the system reads: what a process says of its configuration, else the end of what it wrote and where that is. */
export async function failureOf({ name, log, from, refusesConfiguration }: Failing): Promise<Failure> {
  if (refusesConfiguration) return new Failure((await linesOf(log, from)).filter(isForPeople).join('\n'));
  const words = await lastWords(log, from);
  return new Failure(`${name} ends again and again before the system is ready. Its last words are in ${log}:\n${words}`);
}

/** The rest are records, in JSON. */
const isForPeople = (line: string): boolean => !line.startsWith('{');
