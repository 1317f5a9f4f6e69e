import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export type SmtpOptions = {
  readonly host: string;
  readonly port: number;
  /** Whether a free port is taken when `port` is busy. Without it a busy port is an error. */
  readonly mayMove: boolean;
  /** Must have committed when it resolves: the sender hears 250 then. A throw is answered with 451, so that it is sent again. */
  readonly receive: (envelope: { readonly from: string; readonly to: readonly string[] }, raw: Buffer) => Promise<void>;
  /** Resolves when a sender may go on; a throw refuses it for now. */
  readonly greet: () => Promise<void>;
};

export type SmtpDoor = { readonly port: number; close(): Promise<void> };

/** Largest mail, bytes. */
const maxSizeBytes = 10_000_000;

/** Opens the SMTP server. It asks for no login and offers no TLS: it stands for a mail server on the same machine. */
export async function openSmtpDoor(options: SmtpOptions): Promise<SmtpDoor> {
  const server = new SMTPServer({
    banner: 'Tandem sandbox',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: maxSizeBytes,
    closeTimeout: 500,
    onConnect: (_session, done) => settle(options.greet(), 421, done),
    onMailFrom: (_address, _session, done) => settle(options.greet(), 421, done),
    onRcptTo: ({ address }, _session, done) => done(isNowhere(address) ? new SmtpRefusal(550, '5.1.1 there is no such mailbox') : null),
    onData: (stream, session, done) => settle(receive(options, stream, session), 451, done),
  });
  const port = await listen(server, options);
  // A peer that hangs up in the middle is its own affair; the protocol has no one left to tell.
  server.on('error', () => undefined);
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Whom no server reaches. Source: RFC 2606, 2. */
function isNowhere(address: string): boolean {
  return address.toLowerCase().endsWith('.invalid');
}

async function receive(options: SmtpOptions, stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
  const raw = await buffer(stream);
  if (stream.sizeExceeded) throw new SmtpRefusal(552, 'the mail is too large');
  const { mailFrom, rcptTo } = session.envelope;
  await options.receive({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) }, raw);
}

class SmtpRefusal extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** Tells smtp-server how a step ended; a failure is refused for now, so that the sender tries again. */
function settle(step: Promise<void>, failureCode: number, done: (error?: Error | null) => void): void {
  step.then(
    () => done(),
    (error: unknown) =>
      done(error instanceof SmtpRefusal ? error : new SmtpRefusal(failureCode, error instanceof Error ? error.message : String(error))),
  );
}

async function listen(server: SMTPServer, { host, port, mayMove }: SmtpOptions): Promise<number> {
  try {
    return await listenOn(server, host, port);
  } catch (error) {
    if (!mayMove || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return listenOn(server, host, 0);
  }
}

function listenOn(server: SMTPServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      const address = server.server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
