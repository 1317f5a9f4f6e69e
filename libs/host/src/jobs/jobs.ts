import type { Tx } from '@tandem/kernel';

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** Work that a user waits for. `version` rises with every change; the last three states are final, but a failed job may be started again. */
export type Job = {
  readonly id: string;
  readonly kind: string;
  /** A public id of a customer; null: only staff may see it. */
  readonly ownerId: string | null;
  readonly state: JobState;
  /** 0 to 100. */
  readonly progress: number;
  /** What `finish` was given. */
  readonly result: unknown;
  /** Why it failed, a word for programs: `rendering-failed`. */
  readonly failure: string | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
};

/** What a job begins with. `id` is a UUID, made before, so that the record of the work can name it. */
export type NewJob = Pick<Job, 'id' | 'kind' | 'ownerId'>;

/**
 * The jobs of one service, in its own database. A worker starts a job in the plan of its message, tells its progress while it acts, and
 * finishes it when it settles; each of them says when the job was ended by somebody else, and then the worker stops. All are safe to repeat.
 */
export type Jobs = {
  /** Queues it; the caller's transaction also writes the record of the work into the outbox. A job that is there stays as it is. */
  create(tx: Tx, job: NewJob): Promise<void>;
  /** `undefined`: it is done, was cancelled or is not there, so there is nothing to do. A failed one begins anew (its message was replayed). */
  start(tx: Tx, id: string): Promise<Job | undefined>;
  /** In a statement of its own, at once visible. False: it has ended, stop. Progress never goes back. */
  progress(id: string, percent: number): Promise<boolean>;
  /** `result` is JSON and goes to the public as it is. False: it was cancelled before, and what was made is not wanted. */
  finish(tx: Tx, id: string, result: unknown): Promise<boolean>;
  /** In a statement of its own, since it must outlive the transaction of a message that is given up. False: it had ended. */
  fail(id: string, because: string): Promise<boolean>;
  /** Ends it wherever it is, if it is queued or running. Answers as it is afterwards; `undefined`: not there. */
  cancel(tx: Tx, id: string): Promise<Job | undefined>;
  /** With what `tx` has done, where one is given. */
  find(id: string, tx?: Tx): Promise<Job | undefined>;
  /** Those that are newer than the version that is known. */
  newer(positions: readonly JobPosition[]): Promise<readonly Job[]>;
  /** Fails what nobody has touched for so long (a queue may be long, a worker tells its progress) and forgets what ended `keptDays` ago. */
  tend(limits: JobLimits, remember?: Remember): Promise<void>;
};

export type JobLimits = { readonly lostAfterHours: { readonly running: number; readonly queued: number }; readonly keptDays: number };

/** Is told of jobs that have ended in the transaction that forgets them, so that what they were for can keep how it ended. */
export type Remember = (tx: Tx, ended: readonly Job[]) => Promise<void>;

export type JobPosition = { readonly id: string; readonly version: number };

/** How a job that is forgotten ended, as what it was for has kept it. Without `failure` one that failed counts as lost. */
export type Remains = Pick<Job, 'id' | 'kind' | 'ownerId' | 'createdAt'> & {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly result: unknown;
  readonly failure?: string | null | undefined;
  /** When it ended, where that is known. */
  readonly endedAt?: Date | undefined;
};

/** A job that is forgotten, as it is told of by what is left of it. */
export function forgottenJob({ failure, endedAt, ...remains }: Remains): Job {
  const { state, result, createdAt } = remains;
  return {
    ...remains,
    progress: state === 'done' ? 100 : 0,
    result: state === 'done' ? result : null,
    failure: state === 'failed' ? (failure ?? 'lost') : null,
    version: 1,
    changedAt: endedAt ?? createdAt,
  };
}

export function hasEnded({ state }: Pick<Job, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}
