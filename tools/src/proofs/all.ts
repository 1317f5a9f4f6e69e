import { everyRecordThreeTimes, replayAfterPruning } from './repetition.js';
import type { Scenario } from './scenario.js';
import { parkFixRequeue, poison, sickOrder } from './sickness.js';

/** Every claim about delivery that a command can show, cheap ones first. */
export const scenarios: readonly Scenario[] = [everyRecordThreeTimes, replayAfterPruning, parkFixRequeue, poison, sickOrder];
