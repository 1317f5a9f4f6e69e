const seed = 0x9747b28c;
const mix = 0x5bd1e995;

/**
 * The partition of a key: murmur2 of its UTF-8 as Kafka's Java client and kafkajs's `DefaultPartitioner` have it, so every adapter puts
 * a key where the others do.
 */
export function partitionOfKey(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

/** Gives keyed records their key's partition and spreads the others evenly over `partitions`. */
export function createSpread(): (topic: string, key: string | null, partitions: number) => number {
  const given = new Map<string, number>();
  return (topic, key, partitions) => {
    if (key !== null) return partitionOfKey(key, partitions);
    const next = given.get(topic) ?? 0;
    given.set(topic, next + 1);
    return next % partitions;
  };
}

/** Source: org.apache.kafka.common.utils.Utils.murmur2. */
function murmur2(bytes: Buffer): number {
  const whole = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    const scrambled = Math.imul(bytes.readInt32LE(at), mix);
    hash = Math.imul(hash, mix) ^ Math.imul(scrambled ^ (scrambled >>> 24), mix);
  }
  if (bytes.length > whole) hash = Math.imul(hash ^ tail(bytes, whole), mix);
  hash = Math.imul(hash ^ (hash >>> 13), mix);
  return hash ^ (hash >>> 15);
}

function tail(bytes: Buffer, from: number): number {
  let bits = 0;
  for (let at = bytes.length - 1; at >= from; at -= 1) bits = (bits << 8) | (bytes[at] ?? 0);
  return bits;
}
