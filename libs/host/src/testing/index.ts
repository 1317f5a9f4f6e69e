export { expectOneAccount } from './audit-facts.contract.js';
export { aCaller } from './spec-caller.js';
export { type SpecDatabase, type SpecEvent, createSpecDatabase } from './spec-database.js';
export { aLatch, aSigningKey, eventually, freePort } from './spec-process.js';
export { type SpecSandbox, startSpecSandbox } from './spec-sandbox.js';
export { type Ended, deliver, plan, settle } from './spec-handling.js';
export { pgJobs } from '../jobs/pg-jobs.js';
