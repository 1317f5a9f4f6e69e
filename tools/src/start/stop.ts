import { rm } from 'node:fs/promises';
import { endProcess } from '../processes.js';
import { stopKafka } from '../kafka/index.js';
import { stopPostgres } from '../postgres.js';
import { type DataFolder, type RunningPart, runningParts } from './data-folder.js';

/** A whole way down: services drain for up to 15 s, servers after them. */
const supervisorPatienceMs = 60_000;
const servicePatienceMs = 20_000;

/** Ends the system of a data directory: through its supervisor, and by the pid files whatever that left behind. Answers what was ended. */
export async function stopSystem(folder: DataFolder): Promise<readonly string[]> {
  const parts = await runningParts(folder);
  const supervisor = parts.find(({ part }) => part === 'supervisor');
  if (supervisor) await endProcess(supervisor.pid, 'SIGTERM', supervisorPatienceMs);
  const left = await runningParts(folder);
  await Promise.all(left.filter(isService).map(({ pid }) => endProcess(pid, 'SIGTERM', servicePatienceMs)));
  await stopKafka(folder.kafka);
  const hadPostgres = await stopPostgres(folder.postgres);
  for (const { file } of parts) await rm(file, { force: true });
  return [...new Set([...parts.map(({ part }) => part), ...(hadPostgres ? ['postgres'] : [])])];
}

const isService = ({ part }: RunningPart): boolean => !['supervisor', 'kafka', 'postgres'].includes(part);
