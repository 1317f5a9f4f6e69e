import { type Kafka, startKafka } from '../kafka/index.js';
import { isPortFree } from '../processes.js';
import type { DataFolder } from './data-folder.js';
import { type Keeping, type KeptServer, type Server, keepServer } from './infrastructure.js';
import type { Ports } from './ports.js';

/**
 * The Apache Kafka of a data directory, kept alive. One that an earlier run left behind is taken over, with the ports it has. It comes back on the
 * ports it had, which are the ones the services know, and by the Java that was found at first: to ask for the versions again takes a second of CPU.
 */
export function keepKafka(folder: DataFolder, ports: Ports, keeping: Omit<Keeping, 'part' | 'mark'>): Promise<KeptServer> {
  let kafka: Kafka | undefined;
  const start = async (): Promise<Server> => {
    if (kafka) await kafka.restart();
    else kafka = await startKafka({ dataDir: folder.kafka, ...(await freeOnes(ports)) });
    return { url: kafka.brokers, pid: kafka.pid(), stop: kafka.stop };
  };
  return keepServer(start, { ...keeping, part: 'kafka', mark: 'kafka.Kafka' });
}

/** The assigned ports, as far as nobody took them since; another is better than none. */
async function freeOnes(ports: Ports): Promise<{ port?: number; controllerPort?: number }> {
  const { kafka: port, 'kafka-controller': controllerPort } = ports;
  return {
    ...(port && (await isPortFree(port)) ? { port } : {}),
    ...(controllerPort && (await isPortFree(controllerPort)) ? { controllerPort } : {}),
  };
}
