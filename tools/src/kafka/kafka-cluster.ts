import { join } from 'node:path';
import { freePort } from '../processes.js';
import { type Broker, type Kafka, handleOf, newClusterId, ready, spawnBroker, stopKafka } from './broker.js';
import { type KafkaOptions, programOf } from './start-kafka.js';

export type ClusterOptions = Pick<KafkaOptions, 'dataDir' | 'cacheDir' | 'version'> & {
  /** How many brokers, each a controller too. Default 3: everything has three copies, two of which must be in sync. */
  readonly size?: number;
};

/** Brokers of one cluster, each in a folder and a process of its own. */
export type KafkaCluster = {
  /** All of them, for KAFKA_BROKERS. */
  readonly brokers: readonly string[];
  readonly nodes: readonly Kafka[];
  stop(): Promise<void>;
};

/** Starts a new cluster from Kafka's jars and waits until each broker knows all of them. Throws a `Failure` that says what to do; nothing runs then. */
export async function startKafkaCluster({ dataDir, size = 3, ...options }: ClusterOptions): Promise<KafkaCluster> {
  const program = await programOf(options);
  const clusterId = newClusterId();
  const ports = await Promise.all(Array.from({ length: size }, async () => ({ port: await freePort(), controllerPort: await freePort() })));
  const controllerPorts = ports.map(({ controllerPort }) => controllerPort);
  const brokers = ports.map((mine, index): Broker => ({
    ...program,
    dataDir: join(dataDir, `node-${index + 1}`),
    ports: mine,
    quorum: { nodeId: index + 1, controllerPorts },
    clusterId,
  }));
  const stop = async (): Promise<void> => void (await Promise.all(brokers.map((broker) => stopKafka(broker.dataDir))));
  try {
    const pids = await Promise.all(brokers.map(spawnBroker));
    await Promise.all(brokers.map((broker, index) => ready(broker, pids[index] ?? 0)));
    const nodes = brokers.map((broker, index) => handleOf(broker, pids[index] ?? 0));
    return { brokers: nodes.map((node) => node.brokers), nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
