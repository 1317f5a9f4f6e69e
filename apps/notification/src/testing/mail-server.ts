import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail server without a mailbox; `taken` are the addresses whose mails it was given whole. */
export type MailServer = { readonly at: string; readonly taken: readonly string[]; close(): Promise<void> };

/** `hang@` gets no answer to a whole mail, `cut@` loses the connection instead, `deaf@` gets no answer to its RCPT: unless `options` say otherwise. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const taken: string[] = [];
  const sockets = new Set<Socket>();
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 1,
    onRcptTo: ({ address }, _session, done) => {
      if (!address.startsWith('deaf@')) done();
    },
    onData: (stream, { envelope }, done) => {
      stream.resume().on('end', () => {
        const to = envelope.rcptTo[0]?.address ?? '';
        taken.push(to);
        if (to.startsWith('cut@')) for (const socket of sockets) socket.destroy();
        else if (!to.startsWith('hang@')) done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // a client that left in the middle
  server.server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const at = `127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  return { at, taken, close: () => new Promise<void>((resolve) => server.close(resolve)) };
}

/** The same, that answers RCPT by the code for an address, if there is one; `refused` are those it did so. */
export async function startRefusingServer(
  codeFor: (to: string) => number | undefined,
): Promise<MailServer & { readonly refused: readonly string[] }> {
  const refused: string[] = [];
  const server = await startMailServer({
    onRcptTo: ({ address }, _session, done) => {
      const responseCode = codeFor(address);
      if (responseCode === undefined) return done();
      refused.push(address);
      done(Object.assign(new Error('not now'), { responseCode }));
    },
  });
  return { ...server, refused };
}
