/** A topic that `ensureTopics` has not created. */
export class UnknownTopic extends Error {
  override readonly name = 'UnknownTopic';
  constructor(
    readonly topic: string,
    options?: ErrorOptions,
  ) {
    super(`topic "${topic}" does not exist; create it with ensureTopics`, options);
  }
}

/** A record over the limits of `NewRecord`; none of its batch was written. */
export class RecordTooLarge extends Error {
  override readonly name = 'RecordTooLarge';
  constructor(
    readonly topic: string,
    readonly part: 'value' | 'key and headers',
    readonly sizeBytes: number,
    readonly limitBytes: number,
  ) {
    super(`${part} of a record for topic "${topic}" has ${sizeBytes} bytes, the limit is ${limitBytes}`);
  }
}

/** A record whose text no log can keep as it is (NUL, or a lone surrogate); none of its batch was written. */
export class InvalidRecord extends Error {
  override readonly name = 'InvalidRecord';
  constructor(
    readonly topic: string,
    readonly because: string,
  ) {
    super(`a record for topic "${topic}" cannot be published: ${because}`);
  }
}

/** An existing topic has another number of partitions than asked for. It is never changed in place: keys would move. */
export class PartitionCountDiffers extends Error {
  override readonly name = 'PartitionCountDiffers';
  constructor(
    readonly topic: string,
    readonly found: number,
    readonly wanted: number,
  ) {
    super(`topic "${topic}" has ${found} partitions, not ${wanted}; a topic's partitions are never changed, use a new topic`);
  }
}

/** A group on Kafka can be moved only while none of its members runs. */
export class GroupNotEmpty extends Error {
  override readonly name = 'GroupNotEmpty';
  constructor(
    readonly group: string,
    options?: ErrorOptions,
  ) {
    super(`group "${group}" has running members; stop them, then move it`, options);
  }
}

/** The log or this client of it was closed. */
export class LogClosed extends Error {
  override readonly name = 'LogClosed';
  constructor(options?: ErrorOptions) {
    super('the event log is closed', options);
  }
}

/** A broker that does not speak the protocol versions this client does. Waiting does not help. */
export class UnsupportedBroker extends Error {
  override readonly name = 'UnsupportedBroker';
}
