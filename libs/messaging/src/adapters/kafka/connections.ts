import { type Socket, connect } from 'node:net';
import type { ISocketFactory, RequestTimeoutEvent } from 'kafkajs';

/** Source: kafkajs src/network/socketFactory.js. */
const keepAliveMs = 60_000;

/**
 * The connections of one consumer, producer or admin. kafkajs gives up a request that is not answered in time, but keeps the connection it was sent by, and
 * sends the next one there: where answers no longer come, though what is sent still goes out (a half-open connection), that would go on for
 * ever. So every connection to a broker that let a request time out is ended, and kafkajs dials anew.
 */
export class Connections {
  private readonly open = new Map<Socket, string>();

  readonly socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect).setKeepAlive(true, keepAliveMs);
    this.open.set(socket, `${host}:${port}`);
    for (const end of ['finish', 'close']) socket.once(end, () => this.open.delete(socket));
    return socket;
  };

  /** To be told of each `REQUEST_TIMEOUT`. Whoever asked hears of it first: of a connection that is gone kafkajs would tell only after dialling anew. */
  readonly unheard = ({ payload: { broker, apiName } }: RequestTimeoutEvent): void => {
    const unheard = [...this.open].filter(([, of]) => of === broker);
    setImmediate(() => unheard.forEach(([socket]) => socket.destroy(new Error(`${apiName} was not answered in time`))));
  };
}
