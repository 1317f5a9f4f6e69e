import { Failure } from '../failure.js';
import type { DataFolder } from './data-folder.js';
import type { Keeping, KeptServer } from './infrastructure.js';
import type { Ports } from './ports.js';

/** The Apache Kafka of a data directory, kept alive. */
export function keepKafka(_folder: DataFolder, _ports: Ports, _keeping: Omit<Keeping, 'part' | 'mark'>): Promise<KeptServer> {
  return Promise.reject(new Failure('--kafka is not there yet.'));
}
