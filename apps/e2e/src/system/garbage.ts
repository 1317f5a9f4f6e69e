import { once } from 'node:events';
import { createServer } from 'node:net';
import { WebSocket } from 'undici';
import { until } from '../client/until.js';

/** Names a free port for the inspector of every Node process that is started from now on; it opens on SIGUSR1 alone. Source: Node.js documentation, "Debugger". */
export async function inspectable(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --inspect-port=127.0.0.1:${port}`.trim();
  return port;
}

/** Has one process collect its garbage, so that what is left is in use. Only one process may be asked by a port. */
export async function collectGarbage(pid: number, port: number): Promise<void> {
  process.kill(pid, 'SIGUSR1');
  const [target] = await until('the inspector', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
    return answer && ((await answer.json()) as readonly { webSocketDebuggerUrl: string }[]);
  });
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  await once(socket, 'open');
  const collected = once(socket, 'message');
  socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
  await collected;
  socket.close();
}
