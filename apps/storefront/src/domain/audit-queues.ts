import { type Case, type Judgement, stuckAfterMs } from './audit-facts.js';

/** I8. */
export function queuesDrain({ queues }: Case): Judgement {
  const late = queues.filter(({ oldestAgeMs }) => oldestAgeMs > stuckAfterMs);
  return {
    checked: queues.length,
    violations: late.map(({ name, oldestAgeMs }) => ({
      subject: name,
      message: `its oldest message waits for ${Math.floor(oldestAgeMs / 60_000)} minutes`,
      rows: [],
    })),
  };
}
