import { logAway, logHung, restarts } from './absence.js';
import { ackLoss } from './ack-loss.js';
import { goldenCorpus } from './corpus.js';
import { hotRow } from './hot-row.js';
import { outboxWriters, relayLeader } from './outbox.js';
import { deadConsumer, moreWorkers, storm, stuckConsumer, zombie } from './processes.js';
import { everyRecordThreeTimes, replayAfterPruning } from './repetition.js';
import type { Scenario } from './scenario.js';
import { parkFixRequeue, poison, sickOrder } from './sickness.js';
import { threeBrokers } from './three-brokers.js';

/** Every claim that a command can show, cheap ones first. */
export const scenarios: readonly Scenario[] = [hotRow, everyRecordThreeTimes, replayAfterPruning, parkFixRequeue, poison, sickOrder, restarts, ackLoss, outboxWriters, relayLeader, deadConsumer, logAway, logHung, zombie, stuckConsumer, moreWorkers, threeBrokers, goldenCorpus, storm];
