/** Every topic: what its records are keyed by, how many partitions, how long they are kept. Nothing else creates a topic. */
export type Topic = { readonly name: string; readonly key: string; readonly partitions: number; readonly retentionDays: number };

const topic = (name: string, key: string): Topic => ({ name, key, partitions: 12, retentionDays: 30 });

/** Topics by aggregate; all that belongs to an order is keyed by its id, so it stays in order. Retention exceeds the inbox's 14 days. */
export const topics = {
  order: topic('order', 'order id'),
  shipment: topic('shipment', 'order id'),
  payment: topic('payment', 'order id'),
  notification: topic('notification', 'order id'),
  loyalty: topic('loyalty', 'order id, else customer id'),
  customer: topic('customer', 'customer id'),
  product: topic('product', 'product id'),
  stock: topic('stock', 'variant id'),
  'document.jobs': topic('document.jobs', 'order id'),
  'media.jobs': topic('media.jobs', 'picture id'),
} as const satisfies Record<string, Topic>;

export type TopicName = keyof typeof topics;

/** The topic that mirrors what a consumer group gave up on, for tooling. */
export const deadLetterTopic: Topic = topic('dead-letters', 'key of the dead record');
