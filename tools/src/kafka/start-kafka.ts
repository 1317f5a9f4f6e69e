import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failure } from '../failure.js';
import { classPathOf, ensureJars } from '../java/jars.js';
import { requireJava } from '../java/java.js';
import { freePort, isPortFree } from '../processes.js';
import { type BrokerPorts, folderOf } from './broker-files.js';
import { type Broker, type Kafka, handleOf, isPortTaken, launch, launchTries, newClusterId, runningPid } from './broker.js';

/** The pinned one. */
export const kafkaVersion = '4.3.1';

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

/** What runs a broker: Java, and the jars of a version, fetched unless they are there. */
export async function programOf({
  cacheDir,
  version = kafkaVersion,
}: Pick<KafkaOptions, 'cacheDir' | 'version'>): Promise<Pick<Broker, 'java' | 'classPath'>> {
  const { java, maven } = await requireJava('Apache Kafka');
  return { java, classPath: await classPathOf(await ensureJars(maven, { name: 'kafka', version }, cacheDir)) };
}

/** Starts Apache Kafka from its jars and waits until it answers. One that already runs on `dataDir` is taken over. Throws a `Failure` that says what to do. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const dataDir = resolve(options.dataDir);
  const running = await runningPid(dataDir);
  const program = await programOf(options);
  const advertised = options.advertisedPort === undefined ? {} : { advertisedPort: options.advertisedPort };
  const brokerOn = (ports: BrokerPorts): Broker => ({
    ...program,
    dataDir,
    ports: { ...ports, ...advertised },
    quorum: { nodeId: 1, controllerPorts: [ports.controllerPort] },
    clusterId: newClusterId(),
  });
  if (running !== undefined) return handleOf(brokerOn(await portsOf(dataDir)), running);
  for (let attempt = 1; ; attempt += 1) {
    const broker = brokerOn(await choosePorts(options));
    try {
      return handleOf(broker, await launch(broker));
    } catch (error) {
      if (!isPortTaken(error) || options.port !== undefined || attempt === launchTries) throw error;
    }
  }
}

async function choosePorts({ port, controllerPort }: KafkaOptions): Promise<BrokerPorts> {
  for (const wanted of [port, controllerPort]) {
    if (wanted !== undefined && !(await isPortFree(wanted)))
      throw new Failure(`Port ${wanted}, wanted for Kafka, is busy. Free it or choose another.`);
  }
  return { port: port ?? (await freePort()), controllerPort: controllerPort ?? (await freePort()) };
}

async function portsOf(dataDir: string): Promise<BrokerPorts> {
  const text = await readFile(folderOf(dataDir).properties, 'utf8');
  const [, port, controllerPort] = /PLAINTEXT:\/\/127\.0\.0\.1:(\d+),CONTROLLER:\/\/127\.0\.0\.1:(\d+)/.exec(text) ?? [];
  return { port: Number(port), controllerPort: Number(controllerPort) };
}
