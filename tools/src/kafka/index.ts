export { type JavaFound, findJava, requireJava } from './java.js';
export { ensureJars, kafkaVersion } from './jars.js';
export { type Kafka, stopKafka } from './broker.js';
export { type ClusterOptions, type KafkaCluster, startKafkaCluster } from './kafka-cluster.js';
export { type KafkaOptions, startKafka } from './start-kafka.js';
