import { logAway, logHung, restarts } from './absence.js';
import { ackLoss } from './ack-loss.js';
import { badNetwork } from './bad-network.js';
import { goldenCorpus } from './corpus.js';
import { hotRow } from './hot-row.js';
import { outboxWriters, relayLeader } from './outbox.js';
import { deadConsumer, moreWorkers, storm, zombie } from './processes.js';
import { everyRecordThreeTimes, replayAfterPruning } from './repetition.js';
import type { Scenario, StagedScenario, Subject } from './scenario.js';
import { kafkaVersions } from './kafka-versions.js';
import { outboxSize } from './outbox-size.js';
import { onStageOfItsOwn } from './stage.js';
import { sideBySide } from './side-by-side.js';
import { parkFixRequeue, poison, sickOrder } from './sickness.js';
import { deafConnections, stuckConsumer } from './stuck.js';
import { threeBrokers } from './three-brokers.js';
import { wholeSystem } from './whole-system.js';

const staged: readonly StagedScenario[] = [
  hotRow,
  everyRecordThreeTimes,
  replayAfterPruning,
  parkFixRequeue,
  poison,
  sickOrder,
  restarts,
  ackLoss,
  badNetwork,
  outboxWriters,
  relayLeader,
  outboxSize,
  deadConsumer,
  logAway,
  logHung,
  zombie,
  stuckConsumer,
  deafConnections,
  moreWorkers,
  sideBySide,
  threeBrokers,
  storm,
];

/** Every claim that a command can show, by what it is about, cheap ones first. */
export const scenariosOf: Readonly<Record<Subject, readonly Scenario[]>> = {
  delivery: [...staged.map(onStageOfItsOwn), kafkaVersions],
  system: [goldenCorpus, ...wholeSystem],
};

export const subjects = Object.keys(scenariosOf) as readonly Subject[];
export const scenarios: readonly Scenario[] = Object.values(scenariosOf).flat();
