import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../failure.js';
import { commandLineOf, endProcess, freePort, isAlive, isPortFree } from '../processes.js';
import { waitFor } from '../waiting.js';
import { workspaceRoot } from '../workspace.js';
import { askMetadata } from './ask-metadata.js';
import { type BrokerPorts, folderOf, writeBrokerFiles } from './broker-files.js';
import { classPathOf, ensureJars } from './jars.js';
import { requireJava } from './java.js';

export type KafkaOptions = {
  /** The broker's own folder; used again by the next start. */
  readonly dataDir: string;
  /** Where the jars are kept, in `jars-<version>`. Default `.tandem/kafka` of the repository. */
  readonly cacheDir?: string;
  /** Which Apache Kafka. Default: the pinned one. */
  readonly version?: string;
  /** Default: free ones. */
  readonly port?: number;
  readonly controllerPort?: number;
  /** What clients are told to dial instead of `port`: a proxy's. */
  readonly advertisedPort?: number;
};

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

const readyWithinMs = 60_000;
const stopWithinMs = 15_000;
const portTries = 4;
const flags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const exec = promisify(execFile);

type Broker = { readonly dataDir: string; readonly java: string; readonly classPath: string; readonly ports: BrokerPorts };

/** Starts Apache Kafka from its jars and waits until it answers. One that already runs on `dataDir` is taken over. Throws a `Failure` that says what to do. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const dataDir = resolve(options.dataDir);
  const running = await runningPid(dataDir);
  const { java, maven } = await requireJava();
  const classPath = await classPathOf(await ensureJars(maven, resolve(options.cacheDir ?? join(workspaceRoot, '.tandem', 'kafka')), options.version));
  const advertised = options.advertisedPort === undefined ? {} : { advertisedPort: options.advertisedPort };
  if (running !== undefined) return handleOf({ dataDir, java, classPath, ports: { ...(await portsOf(dataDir)), ...advertised } }, running);
  for (let attempt = 1; ; attempt += 1) {
    const broker = { dataDir, java, classPath, ports: { ...(await choosePorts(options)), ...advertised } };
    try {
      return handleOf(broker, await launch(broker));
    } catch (error) {
      // A port that was free may be somebody's outgoing connection by the time Java binds it.
      if (!isPortTaken(error) || options.port !== undefined || attempt === portTries) throw error;
    }
  }
}

/** Ends the broker of a data folder, if one runs. */
export async function stopKafka(dataDir: string): Promise<void> {
  const folder = resolve(dataDir);
  const pid = await runningPid(folder);
  if (pid !== undefined) await endProcess(pid, 'SIGTERM', stopWithinMs);
  await rm(folderOf(folder).pid, { force: true });
}

function handleOf(broker: Broker, first: number): Kafka {
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
      if (attempt === portTries || !isPortTaken(error)) throw error;
    }
  }
}

const isPortTaken = (error: unknown): boolean => error instanceof Failure && error.message.includes('Address already in use');

async function launch(broker: Broker): Promise<number> {
  const folder = folderOf(broker.dataDir);
  await writeBrokerFiles(broker.dataDir, broker.ports);
  await format(broker);
  const output = await open(join(folder.logs, 'output.log'), 'a');
  const settings = [`-Dlog4j2.configurationFile=${folder.logging}`, `-Dkafka.logs.dir=${folder.logs}`];
  const args = ['-Xms96m', '-Xmx384m', ...flags, ...settings, '-cp', broker.classPath, 'kafka.Kafka', folder.properties];
  const child = spawn(broker.java, args, { detached: true, stdio: ['ignore', output.fd, output.fd], cwd: broker.dataDir });
  const failed = new Promise<Error>((settle) => child.once('error', settle));
  await output.close();
  if (child.pid === undefined) throw new Failure(`Kafka could not be started: ${(await failed).message}`);
  child.unref();
  await writeFile(folder.pid, String(child.pid));
  await ready(broker, child.pid);
  return child.pid;
}

/** Once per data folder. */
async function format({ dataDir, java, classPath }: Broker): Promise<void> {
  const folder = folderOf(dataDir);
  if (existsSync(join(folder.data, 'meta.properties'))) return;
  await mkdir(folder.data, { recursive: true });
  const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url').replace(/^-/, 'A'); // a leading dash would be read as an option
  const args = ['-Xmx128m', ...flags, `-Dlog4j2.configurationFile=${folder.logging}`, `-Dkafka.logs.dir=${folder.logs}`, '-cp', classPath];
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

async function ready({ dataDir, ports }: Broker, pid: number): Promise<void> {
  await waitFor({ timeoutMs: readyWithinMs, everyMs: 50, what: `Kafka on port ${ports.port}` }, async () => {
    if (!isAlive(pid)) throw new Failure(`Kafka ended while it started. Its last words:\n${await lastWords(dataDir)}`);
    const view = await askMetadata(ports.port);
    return view && view.brokers === 1 && view.controller >= 0 ? view : undefined;
  });
}

async function lastWords(dataDir: string): Promise<string> {
  const { log, logs } = folderOf(dataDir);
  const texts = await Promise.all([log, join(logs, 'output.log')].map((file) => (existsSync(file) ? readFile(file, 'utf8') : '')));
  return texts.join('').trim().split('\n').slice(-12).join('\n');
}

async function choosePorts({ port, controllerPort }: KafkaOptions): Promise<BrokerPorts> {
  for (const wanted of [port, controllerPort]) {
    if (wanted !== undefined && !(await isPortFree(wanted)))
      throw new Failure(`Port ${wanted}, wanted for Kafka, is busy. Free it or choose another.`);
  }
  return { port: port ?? (await freePort()), controllerPort: controllerPort ?? (await freePort()) };
}

/** The broker that runs on this folder. The pid file alone proves nothing: ids are used again. */
async function runningPid(dataDir: string): Promise<number | undefined> {
  const { pid: file, properties } = folderOf(dataDir);
  if (!existsSync(file)) return undefined;
  const pid = Number(await readFile(file, 'utf8'));
  return pid > 0 && isAlive(pid) && (await commandLineOf(pid)).includes(properties) ? pid : undefined;
}

async function portsOf(dataDir: string): Promise<BrokerPorts> {
  const text = await readFile(folderOf(dataDir).properties, 'utf8');
  const [, port, controllerPort] = /PLAINTEXT:\/\/127\.0\.0\.1:(\d+),CONTROLLER:\/\/127\.0\.0\.1:(\d+)/.exec(text) ?? [];
  return { port: Number(port), controllerPort: Number(controllerPort) };
}
