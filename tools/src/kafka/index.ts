export { type JavaFound, findJava, requireJava } from './java.js';
export { ensureJars, kafkaVersion } from './jars.js';
export { type Kafka, type KafkaOptions, startKafka, stopKafka } from './start-kafka.js';
