import { connect } from 'node:net';

const answerWithinMs = 2_000;

/** Brokers a node knows and the node that leads them; -1 while there is none. */
export type ClusterView = { readonly brokers: number; readonly controller: number };

/** Asks a broker for Metadata v6 (Kafka protocol guide, "Metadata API"). Undefined while it does not answer. */
export function askMetadata(port: number): Promise<ClusterView | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let received = Buffer.alloc(0);
    const end = (view?: ClusterView): void => {
      socket.destroy();
      resolve(view);
    };
    socket.setTimeout(answerWithinMs, () => end());
    socket.once('error', () => end());
    socket.once('close', () => end());
    socket.once('connect', () => socket.write(request()));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      // A dial to a port nobody listens on may meet itself and hear its own request: an answer carries our number.
      if (received.length >= 8 && received.readInt32BE(4) !== 1) return end();
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) end(viewOf(received));
    });
  });
}

/** Size, then header (key 3, version 6, correlation 1, client id null), no topics, no auto-creation. */
function request(): Buffer {
  const bytes = Buffer.alloc(19);
  bytes.writeInt32BE(15, 0);
  bytes.writeInt16BE(3, 4);
  bytes.writeInt16BE(6, 6);
  bytes.writeInt32BE(1, 8);
  bytes.writeInt16BE(-1, 12);
  bytes.writeInt32BE(0, 14);
  return bytes;
}

function viewOf(bytes: Buffer): ClusterView {
  let at = 12;
  const skipText = (): void => {
    at += 2 + Math.max(bytes.readInt16BE(at), 0);
  };
  const brokers = bytes.readInt32BE(at);
  at += 4;
  for (let n = 0; n < brokers; n += 1) {
    at += 4;
    skipText();
    at += 4;
    skipText();
  }
  skipText();
  return { brokers, controller: bytes.readInt32BE(at) };
}
