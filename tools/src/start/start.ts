import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.js';
import { migrate } from '../migrate.js';
import { givenDatabaseUrl } from '../migrations/databases.js';
import { serviceNames } from '../workspace.js';
import { banner } from './banner.js';
import { type DataFolder, dataFolder, makeFolder, removePid, runningParts, wipe, writePid } from './data-folder.js';
import { environmentOf } from './environment.js';
import { failureOf } from './failing.js';
import { keepPostgres } from './infrastructure.js';
import { keepKafka } from './kafka.js';
import type { StartOptions } from './options.js';
import { type Ports, assignPorts, previousPorts, writePorts } from './ports.js';
import { ask } from './readiness.js';
import { developmentSecrets } from './secrets.js';
import { type Supervisor, createSupervisor } from './supervisor.js';
import { type Process, type Shape, internalPortNames, processesOf } from './system.js';

const say = (line: string): void => console.log(line);

/** How long a system may take to become ready, and how often a process may end before it ever was. */
const limits = { readyMs: 120_000, earlyDeaths: 5 };

/** Something to undo; run in reverse order. */
type Undo = () => Promise<void>;

/** Runs a whole system until a signal ends it: servers first, then migrations, then services; down in the reverse order. */
export async function start(options: StartOptions): Promise<void> {
  const begun = Date.now();
  const folder = dataFolder(options.dataDir);
  await makeFolder('--data', folder.root);
  await refuseIfRunning(folder);
  if (options.fresh) await wipe(folder);
  const undo: Undo[] = [];
  const stopped = stopOnSignal(undo);
  try {
    const { supervisor, ports } = await bringUp(options, folder, undo);
    await untilReady(ports, supervisor, stopped);
    const mode = `${options.split ? 'a process per service' : 'one process'}, ${options.kafka || options.env['KAFKA_BROKERS'] ? 'Apache Kafka' : 'embedded event log'}`;
    if (!stopped.isAsked()) say(banner({ ports, seconds: (Date.now() - begun) / 1000, mode, dataDir: folder.root }));
    const refusing = await Promise.race([stopped.asked, supervisor.refused]);
    if (refusing) throw await failureOf(refusing);
  } finally {
    await stopped.down();
  }
}

async function bringUp(options: StartOptions, folder: DataFolder, undo: Undo[]): Promise<{ supervisor: Supervisor; ports: Ports }> {
  const givenServer = givenDatabaseUrl('DATABASE_URL', options.env);
  const shape: Shape = { services: serviceNames(), split: options.split, replicas: options.replicas };
  const ports = await assignPorts(
    [...internalPortNames(shape), 'postgres', 'kafka', 'kafka-controller'],
    await previousPorts(folder.run),
    options.env,
  );
  await writePid(folder, 'supervisor', { pid: process.pid, part: 'supervisor', mark: basename(process.argv[1] ?? '') });
  undo.push(() => removePid(folder, 'supervisor'));
  const keeping = { folder, say };
  const postgres = givenServer
    ? undefined
    : await keepPostgres({ dataDir: folder.postgres, port: ports['postgres'] ?? 0, notice: say }, keeping);
  if (postgres) undo.push(postgres.stop);
  const kafka = options.kafka && !options.env['KAFKA_BROKERS'] ? await keepKafka(folder, ports, keeping) : undefined;
  if (kafka) undo.push(kafka.stop);
  await writePorts(folder.run, {
    ...ports,
    ...(postgres ? { postgres: Number(new URL(postgres.url).port) } : {}),
    ...(kafka ? { kafka: Number(kafka.url.split(':')[1]) } : {}),
  });
  const databaseUrl = givenServer ?? postgres?.url ?? '';
  const applied = await migrate({ serverUrl: databaseUrl, env: options.env });
  if (applied.size > 0) say(`migrated ${[...applied.keys()].sort().join(', ')}`);
  const shared = environmentOf({
    options,
    ports,
    databaseUrl,
    brokers: options.env['KAFKA_BROKERS'] || kafka?.url,
    secrets: await developmentSecrets(folder.keys),
  });
  const supervisor = await supervise(processesOf(shape, ports, shared), folder, undo);
  return { supervisor, ports };
}

async function supervise(processes: readonly Process[], folder: DataFolder, undo: Undo[]): Promise<Supervisor> {
  const supervisor = createSupervisor(processes, folder, say);
  undo.push(supervisor.stop);
  await supervisor.start();
  return supervisor;
}

/** A second system on the same data would share its databases and ports; one left behind by a killed supervisor still serves. */
async function refuseIfRunning(folder: DataFolder): Promise<void> {
  const parts = (await runningParts(folder)).filter(({ part }) => part !== 'postgres' && part !== 'kafka');
  const [first] = parts;
  if (!first) return;
  const what = parts.map(({ part, pid }) => `${part} (process ${pid})`).join(', ');
  throw new Failure(
    `A Tandem already runs on ${folder.root}: ${what}.\nEnd it with: npm run stop${folder.root.endsWith('.tandem') ? '' : ` -- --data ${folder.root}`}`,
  );
}

async function untilReady(ports: Ports, supervisor: Supervisor, stopped: Stopping): Promise<void> {
  const url = `http://127.0.0.1:${ports['storefront']}/readyz`;
  const end = Date.now() + limits.readyMs;
  let last = { status: 0, body: 'no answer' };
  while (!stopped.isAsked()) {
    last = await ask(url);
    if (last.status === 200) return;
    const failing = supervisor.failing(limits.earlyDeaths);
    if (failing) throw await failureOf(failing);
    if (Date.now() > end)
      throw new Failure(`The system is not ready after ${limits.readyMs / 1000} s. ${url} says: ${last.body.slice(0, 2_000)}`);
    await delay(100);
  }
}

type Stopping = { readonly asked: Promise<void>; isAsked(): boolean; down(): Promise<void> };

/** One Ctrl-C may arrive twice (from the terminal and from npm): the way down is gone once, whatever else arrives. */
function stopOnSignal(undo: Undo[]): Stopping {
  let isAsked = false;
  let resolveAsked: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (resolveAsked = resolve));
  const ask = (): void => {
    if (!isAsked) say('\nstopping …');
    isAsked = true;
    resolveAsked();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  const down = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop())
      await step().catch((error: unknown) => say(`a part did not stop: ${String(error)}`));
  };
  return { asked, isAsked: () => isAsked, down };
}
