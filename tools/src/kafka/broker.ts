import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../failure.js';
import { smallJvm } from '../java/java.js';
import { lastWords } from '../last-words.js';
import { commandLineOf, endProcess, isAlive } from '../processes.js';
import { waitFor } from '../waiting.js';
import { askMetadata } from './ask-metadata.js';
import { type BrokerPorts, type Quorum, folderOf, writeBrokerFiles } from './broker-files.js';

/** A broker that runs. It has a session of its own, so a Ctrl-C meant for the caller does not reach it, and it outlives the caller. */
export type Kafka = {
  /** For KAFKA_BROKERS. */
  readonly brokers: string;
  /** Changes with `restart`. */
  pid(): number;
  /** SIGTERM; resolves when it is gone. Asking again changes nothing. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data. */
  restart(): Promise<void>;
};

/** A broker as it is started. */
export type Broker = {
  readonly dataDir: string;
  readonly java: string;
  readonly classPath: string;
  readonly ports: BrokerPorts;
  readonly quorum: Quorum;
  readonly clusterId: string;
};

const readyWithinMs = 60_000;
const stopWithinMs = 15_000;
/** Starts of a broker whose port was taken meanwhile. */
export const launchTries = 4;
const exec = promisify(execFile);

/** 22 characters; a leading dash would be read as an option. */
export const newClusterId = (): string => Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url').replace(/^-/, 'A');

/** Ends the broker of a data folder, if one runs. */
export async function stopKafka(dataDir: string): Promise<void> {
  const folder = resolve(dataDir);
  const file = folderOf(folder).pid;
  if (!existsSync(file)) return;
  const pid = await runningPid(folder);
  if (pid !== undefined) await endProcess(pid, 'SIGTERM', stopWithinMs);
  await rm(file, { force: true });
}

/** The broker with this process id, as its starter holds it. */
export function handleOf(broker: Broker, first: number): Kafka {
  let pid = first;
  return {
    brokers: `127.0.0.1:${broker.ports.port}`,
    pid: () => pid,
    stop: () => stopKafka(broker.dataDir),
    kill: () => endProcess(pid, 'SIGKILL', stopWithinMs),
    restart: async () => {
      await stopKafka(broker.dataDir);
      pid = await insist(() => launch(broker));
    },
  };
}

/** The broker's own port may be taken for a moment by somebody who dials it. */
async function insist(work: () => Promise<number>): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === launchTries || !isPortTaken(error)) throw error;
    }
  }
}

/** A port that was free may be somebody's outgoing connection by the time Java binds it. */
export const isPortTaken = (error: unknown): boolean => error instanceof Failure && error.message.includes('Address already in use');

/** The broker that runs on this folder. The pid file alone proves nothing: ids are used again. */
export async function runningPid(dataDir: string): Promise<number | undefined> {
  const { pid: file, properties } = folderOf(dataDir);
  if (!existsSync(file)) return undefined;
  const pid = Number(await readFile(file, 'utf8'));
  return pid > 0 && isAlive(pid) && (await commandLineOf(pid)).includes(properties) ? pid : undefined;
}

/** Starts a broker and waits until it answers; its process id. */
export async function launch(broker: Broker): Promise<number> {
  const pid = await spawnBroker(broker);
  await ready(broker, pid);
  return pid;
}

/** Does not wait: the first nodes of a cluster answer only when most of them are there. */
export async function spawnBroker(broker: Broker): Promise<number> {
  const folder = folderOf(broker.dataDir);
  await writeBrokerFiles(broker.dataDir, broker.ports, broker.quorum);
  await format(broker);
  const output = await open(join(folder.logs, 'output.log'), 'a');
  const settings = [`-Dlog4j2.configurationFile=${folder.logging}`, `-Dkafka.logs.dir=${folder.logs}`];
  const args = ['-Xms96m', '-Xmx384m', ...smallJvm, ...settings, '-cp', broker.classPath, 'kafka.Kafka', folder.properties];
  const child = spawn(broker.java, args, { detached: true, stdio: ['ignore', output.fd, output.fd], cwd: broker.dataDir });
  const failed = new Promise<Error>((settle) => child.once('error', settle));
  await output.close();
  if (child.pid === undefined) throw new Failure(`Kafka could not be started: ${(await failed).message}`);
  child.unref();
  await writeFile(folder.pid, String(child.pid));
  return child.pid;
}

/** Once per data folder. */
async function format({ dataDir, java, classPath, clusterId }: Broker): Promise<void> {
  const folder = folderOf(dataDir);
  if (existsSync(join(folder.data, 'meta.properties'))) return;
  await mkdir(folder.data, { recursive: true });
  const args = [
    '-Xmx128m',
    ...smallJvm,
    `-Dlog4j2.configurationFile=${folder.logging}`,
    `-Dkafka.logs.dir=${folder.logs}`,
    '-cp',
    classPath,
  ];
  await exec(java, [
    ...args,
    'kafka.tools.StorageTool',
    'format',
    '--ignore-formatted',
    '--cluster-id',
    clusterId,
    '--config',
    folder.properties,
  ]);
}

/** Resolves when the broker answers and knows of all of its cluster. */
export async function ready({ dataDir, ports, quorum }: Broker, pid: number): Promise<void> {
  await waitFor({ timeoutMs: readyWithinMs, everyMs: 50, what: `Kafka on port ${ports.port}` }, async () => {
    if (!isAlive(pid))
      throw new Failure(`Kafka ended while it started. Its last words are in ${folderOf(dataDir).logs}:\n${await lastWordsOf(dataDir)}`);
    const view = await askMetadata(ports.port);
    return view && view.brokers === quorum.controllerPorts.length && view.controller >= 0 ? view : undefined;
  });
}

/** Of the broker, and of Java itself, which speaks last. */
async function lastWordsOf(dataDir: string): Promise<string> {
  const { log, logs } = folderOf(dataDir);
  const words = await Promise.all([log, join(logs, 'output.log')].map((file) => lastWords(file)));
  return words.filter(Boolean).join('\n');
}
