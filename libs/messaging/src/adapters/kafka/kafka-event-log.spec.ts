import { it } from '@jest/globals';
import { eventLogContract } from '../../event-log.contract.js';
import { kafkaEventLog } from './kafka-event-log.js';

const brokers = process.env['KAFKA_TEST_BROKERS'];

if (brokers) {
  eventLogContract('kafka', () =>
    Promise.resolve({ log: () => Promise.resolve(kafkaEventLog({ brokers: brokers.split(',') })), close: () => Promise.resolve() }),
  );
} else if (process.env['REQUIRE_KAFKA'] === '1') {
  it('runs on a real Kafka', () => {
    throw new Error('REQUIRE_KAFKA=1, but KAFKA_TEST_BROKERS is not set: no broker was started (Java ≥ 17 and Maven are needed)');
  });
} else {
  it.todo(
    'event log: kafka: the conformance suite (not run: KAFKA_TEST_BROKERS is not set; npm test starts a broker when Java ≥ 17 and Maven are there)',
  );
}
