import { logAway, logHung, restarts } from './absence.js';
import { ackLoss } from './ack-loss.js';
import { goldenCorpus } from './corpus.js';
import { outboxWriters, relayLeader } from './outbox.js';
import { deadConsumer, moreWorkers, storm, stuckConsumer, zombie } from './processes.js';
import { everyRecordThreeTimes, replayAfterPruning } from './repetition.js';
import type { Scenario } from './scenario.js';
import { parkFixRequeue, poison, sickOrder } from './sickness.js';

/** Every claim about delivery that a command can show, cheap ones first. */
export const scenarios: readonly Scenario[] = [everyRecordThreeTimes, replayAfterPruning, parkFixRequeue, poison, sickOrder, restarts, ackLoss, outboxWriters, relayLeader, deadConsumer, logAway, logHung, zombie, stuckConsumer, moreWorkers, goldenCorpus, storm];
