import { connect } from 'node:net';
import { UnsupportedBroker } from '../errors.js';

/** The version of each request kafkajs 2.2.4 sends at most (src/protocol/requests); it never looks at a broker's minimum, so we do. */
const sent: readonly (readonly [key: number, name: string, version: number])[] = [
  [0, 'Produce', 7],
  [1, 'Fetch', 11],
  [2, 'ListOffsets', 3],
  [3, 'Metadata', 6],
  [8, 'OffsetCommit', 5],
  [9, 'OffsetFetch', 4],
  [10, 'FindCoordinator', 2],
  [11, 'JoinGroup', 5],
  [12, 'Heartbeat', 3],
  [13, 'LeaveGroup', 3],
  [14, 'SyncGroup', 3],
  [15, 'DescribeGroups', 2],
  [18, 'ApiVersions', 2],
  [19, 'CreateTopics', 3],
  [42, 'DeleteGroups', 1],
];
const answerWithinMs = 3_000;

/** The version of every request this client sends, by the request's key (Kafka protocol guide, "Api Keys"). */
export const sentVersions: ReadonlyMap<number, number> = new Map(sent.map(([key, , version]) => [key, version]));

export type VersionRange = { readonly min: number; readonly max: number };

/** What a broker lacks, in words; empty when it serves every request this client sends. A higher maximum is fine, kafkajs takes its own. */
export function misfits(ranges: ReadonlyMap<number, VersionRange>): readonly string[] {
  return sent.flatMap(([key, name, version]) => {
    const range = ranges.get(key);
    if (!range) return [`${name} is not served`];
    if (range.min <= version && version <= range.max) return [];
    return [`${name} v${version} is outside of v${range.min}–v${range.max}: the broker is too ${range.min > version ? 'new' : 'old'}`];
  });
}

/** Throws `UnsupportedBroker` unless one of the brokers answers and serves what this client sends; the last error when none answers. */
export async function checkApiVersions(brokers: readonly string[]): Promise<void> {
  let unreachable: unknown = new Error('no brokers are named');
  for (const broker of brokers) {
    try {
      const missing = misfits(await askApiVersions(broker));
      if (missing.length > 0) throw new UnsupportedBroker(`the broker ${broker} cannot be used: ${missing.join(', ')}`);
      return;
    } catch (error) {
      if (error instanceof UnsupportedBroker) throw error;
      unreachable = error;
    }
  }
  throw unreachable;
}

/** ApiVersions v0 (Kafka protocol guide): header with key 18, version 0, correlation 1, no client id; no body. */
function askApiVersions(broker: string): Promise<ReadonlyMap<number, VersionRange>> {
  const { hostname, port } = new URL(`kafka://${broker}`);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 9092) });
    let received = Buffer.alloc(0);
    const fail = (why: string): void => void socket.destroy(new Error(`the broker ${broker} ${why}`));
    socket.setTimeout(answerWithinMs, () => fail(`did not answer within ${answerWithinMs} ms`));
    socket.once('error', reject);
    socket.once('end', () => fail('hung up'));
    socket.once('connect', () => socket.write(Buffer.from('0000000a001200000000' + '0001ffff', 'hex')));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      resolve(rangesOf(received));
      socket.destroy();
    });
  });
}

/** Size, correlation, error code, then (key, min, max) per request. */
function rangesOf(bytes: Buffer): ReadonlyMap<number, VersionRange> {
  const entries = Array.from({ length: bytes.readInt32BE(10) }, (_, n) => 14 + n * 6);
  return new Map(entries.map((at) => [bytes.readInt16BE(at), { min: bytes.readInt16BE(at + 2), max: bytes.readInt16BE(at + 4) }]));
}
