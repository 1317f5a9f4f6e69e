import type { Container } from './containers.js';

/** From the beginning of `docker compose up --wait` on images that are built, to everything healthy. */
const healthyWithinMs = 120_000;
/** Of all containers that stay, in mebibytes: what the machine of a developer can spare. */
export const memoryBudgetMiB = 4096;

/** What the check saw: while everything ran, and after `docker compose stop`. */
export type Seen = {
  readonly healthyMs: number;
  readonly journeysPassed: boolean;
  /** Mails that arrived in Mailpit. */
  readonly copies: number;
  readonly running: readonly Container[];
  readonly stopped: readonly Container[];
};

/** What is wrong with a composed system; nothing when all of it holds. */
export function wrongWith({ healthyMs, journeysPassed, copies, running, stopped }: Seen): readonly string[] {
  const limit = limitOf(running);
  return [
    ...(healthyMs > healthyWithinMs ? [`healthy after ${(healthyMs / 1000).toFixed(0)} s, at most ${healthyWithinMs / 1000}`] : []),
    ...(journeysPassed ? [] : ['a journey failed (above)']),
    ...(copies > 0 ? [] : ['Mailpit has no copy of any mail']),
    ...(limit > memoryBudgetMiB ? [`the memory limits sum to ${limit} MiB, at most ${memoryBudgetMiB}`] : []),
    ...running.filter(({ limitMiB }) => limitMiB === 0).map(({ service }) => `${service} has no memory limit`),
    ...stopped.filter(({ outOfMemory }) => outOfMemory).map(({ service }) => `${service} ran out of memory`),
    ...stopped.filter(({ restarts }) => restarts > 0).map(({ service, restarts }) => `${service} was started again ${restarts} times`),
    // 143: what has no handler of SIGTERM (the JVM, mailpit) ends by it. A service drains, and ends with 0.
    ...stopped
      .filter(({ exitCode, image }) => exitCode !== 0 && (image.startsWith('tandem/') || exitCode !== 143))
      .map(({ service, exitCode }) => `${service} ended with ${exitCode} when it was stopped`),
  ];
}

/** The memory limits of what stays, summed: mebibytes. A container that uses nothing any more has ended. */
export function limitOf(running: readonly Container[]): number {
  return running.filter(({ usedMiB }) => usedMiB > 0).reduce((sum, { limitMiB }) => sum + limitMiB, 0);
}
