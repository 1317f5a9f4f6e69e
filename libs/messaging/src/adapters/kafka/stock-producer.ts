import kafkajs from 'kafkajs';

/** kafkajs's own idempotent producer, as its documentation recommends it: the control of the proof that acknowledged records are not lost. */
export type StockProducer = { send(topic: string, key: string, value: string): Promise<void>; close(): Promise<void> };

/** `retries` of one send before it rejects. */
export async function stockIdempotentProducer(brokers: readonly string[], retries: number): Promise<StockProducer> {
  const kafka = new kafkajs.Kafka({
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.NOTHING,
    requestTimeout: 1_000,
    connectionTimeout: 1_000,
  });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries, initialRetryTime: 20, maxRetryTime: 50 } });
  await producer.connect();
  return {
    send: async (topic, key, value) => void (await producer.send({ topic, acks: -1, timeout: 1_000, messages: [{ key, value }] })),
    close: () => producer.disconnect(),
  };
}
