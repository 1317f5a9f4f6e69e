import { eventLogContract } from '../../event-log.contract.js';
import { createLogDatabase } from '../../testing/spec-log-database.js';
import { postgresEventLog } from './postgres-event-log.js';

eventLogContract('postgres', async () => {
  const database = await createLogDatabase();
  return { log: () => Promise.resolve(postgresEventLog({ connectionString: database.url })), close: database.drop };
});
