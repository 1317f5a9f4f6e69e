import { createSocket } from 'node:dgram';
import { isPortFree } from '../processes.js';

/**
 * Makes a free port ours while this process lives, and answers whether it is: of those that ask at the same moment, one gets it. What is held is the
 * UDP port of the same number, which nobody here speaks, so that the TCP port stays free for the process that it is meant for. It ends with this process, however that ends.
 */
export async function claimPort(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const isHeld = await new Promise<boolean>((resolve) => {
    socket.on('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
  const isOurs = isHeld && (await isPortFree(port));
  if (isOurs) socket.unref();
  else socket.close();
  return isOurs;
}
