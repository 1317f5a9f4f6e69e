export { type Kafka, stopKafka } from './broker.js';
export { type ClusterOptions, type KafkaCluster, startKafkaCluster } from './kafka-cluster.js';
export { type KafkaOptions, kafkaVersion, startKafka } from './start-kafka.js';
