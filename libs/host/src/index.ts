export {
  type BaseConfig,
  ConfigError,
  type Environment,
  type Mode,
  databaseOf,
  listenAddress,
  loadBaseConfig,
  loadConfig,
  mode,
  port,
  withFiles,
} from './config.js';
export { newId, newUuid, parsePublicId, toPublicId, uuidOf, uuidOfField } from './ids.js';
export { type AuditFact, type AuditFacts, type AuditSubjects, ageOf, factsByOrder, writtenSince } from './audit-facts.js';
export { factCursor } from './fact-cursor.js';
export {
  PeerUnavailable,
  Refusal,
  badCursor,
  cartChanged,
  invalidField,
  invalidFields,
  isPeerAway,
  noSuch,
  noSuchVariant,
  notFound,
  toldBack,
} from './refusal.js';
export { createDatabase, createPool, isDatabaseAway } from './database.js';
export { createLogger } from './logger.js';
export { type Metrics, createMetrics } from './metrics.js';
export { type Identity, type Principal, type TokenFault, createIdentity, issuer, tokenAlgorithm, userAudience } from './identity.js';
export { type Caller, isStaff, ownerOf, principalOf } from './grpc/caller.js';
export { type Allowed, Rpc } from './grpc/rpc.js';
export { Neighbours } from './grpc/neighbours.js';
export { NobodyWaits } from './grpc/nobody-waits.js';
export { type CallOptions, type Peer, createPeer, forSeveral, wasNeverBegun } from './grpc/peer.js';
export { GrpcProblemFilter, refusalFor } from './grpc/problem-filter.js';
export {
  type Effect,
  type Scope,
  hashOf,
  idempotencyRetentionHours,
  keyInFlight,
  keyMissing,
  keyReused,
  once,
  scopeOf,
} from './idempotency.js';
export { type Leave, type Load, type LoadFacts, createLoad } from './overload/load.js';
export { type RefusalFacts, type Refusals, type Work, countRefusals, shedOrder } from './overload/refusals.js';
export { type Schedule, type ScheduleOptions, type Schedules } from './schedules.js';
export { type Ticker, createTicker } from './ticker.js';
export { isSignedBy, jsonOf } from './signed-webhook.js';
export { openEventLog } from './event-log.js';
export { peerUrl } from './peer-url.js';
export { type Background, type Composition, type Host, type ServiceDefinition, defineService, provide } from './service.js';
export { type RunningService, startService } from './boot.js';
export type { BootOptions } from './parts.js';
export { runService, runUntilSignalled } from './run.js';
export { GrowthFeed } from './live/growth-feed.js';
export type { Growth, GrowthChannel } from './live/growth.js';
export { type GrowthChannelParts, pgGrowthChannel } from './live/pg-growth-channel.js';
export { type Job, type Jobs, type JobState, type NewJob, forgottenJob, hasEnded } from './jobs/jobs.js';
export { jobReply } from './jobs/jobs.grpc.js';
export { openJobs } from './jobs/open-jobs.js';
export { bytesOf, contentHash, type Storage, type StorageKey, type StoredObject, storageKey } from './storage/storage.js';
export { openStorage, storageUrl } from './storage/open-storage.js';
