import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type BrokerPorts = { readonly port: number; readonly controllerPort: number; readonly advertisedPort?: number };
/** The nodes of a cluster: node `n` (from 1) has the n-th of the controllers' ports. */
export type Quorum = { readonly nodeId: number; readonly controllerPorts: readonly number[] };
/** Where one broker keeps its things. A folder formatted for one node serves no other. */
export type BrokerFolder = {
  readonly properties: string;
  readonly logging: string;
  readonly data: string;
  readonly logs: string;
  readonly log: string;
  readonly pid: string;
};

export const folderOf = (dataDir: string): BrokerFolder => ({
  properties: join(dataDir, 'server.properties'),
  logging: join(dataDir, 'log4j2.properties'),
  data: join(dataDir, 'data'),
  logs: join(dataDir, 'logs'),
  log: join(dataDir, 'logs', 'server.log'),
  pid: join(dataDir, 'kafka.pid'),
});

/** Writes the broker's settings; they hold nothing that outlives a change of ports. */
export async function writeBrokerFiles(dataDir: string, ports: BrokerPorts, quorum: Quorum): Promise<void> {
  const folder = folderOf(dataDir);
  await mkdir(folder.logs, { recursive: true });
  await writeFile(folder.properties, serverProperties(folder.data, ports, quorum));
  await writeFile(folder.logging, logging);
}

/**
 * Broker and controller at once, alone or one of several: then everything has a copy on three, and two must have it. The two `broker.*.ms` lines make a
 * restart after kill -9 ready in 3 instead of 11 s; in a cluster they and the two of the quorum say how soon others lead in place of a broker that is gone.
 */
function serverProperties(
  data: string,
  { port, controllerPort, advertisedPort = port }: BrokerPorts,
  { nodeId, controllerPorts }: Quorum,
): string {
  const copies = Math.min(3, controllerPorts.length);
  const inSync = Math.min(2, copies);
  return `process.roles=broker,controller
node.id=${nodeId}
controller.quorum.voters=${controllerPorts.map((of, index) => `${index + 1}@127.0.0.1:${of}`).join(',')}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${advertisedPort}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=${data}
default.replication.factor=${copies}
min.insync.replicas=${inSync}
offsets.topic.replication.factor=${copies}
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=${copies}
transaction.state.log.min.isr=${inSync}
share.coordinator.state.topic.replication.factor=${copies}
share.coordinator.state.topic.min.isr=${inSync}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=${copies > 1 ? 150 : 500}
broker.session.timeout.ms=${copies > 1 ? 700 : 2_000}
controller.quorum.fetch.timeout.ms=800
controller.quorum.election.timeout.ms=300
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
`;
}

const logging = `rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = \${sys:kafka.logs.dir}/server.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c - %m%n%ex
`;
