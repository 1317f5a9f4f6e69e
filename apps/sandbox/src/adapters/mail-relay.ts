import { createTransport } from 'nodemailer';
import type { Logger } from 'pino';
import type { PgMailbox } from './pg-mailbox.js';
import { createPump, type Pump } from './pump.js';

/** How long the relay may stay silent, milliseconds. */
const silenceMs = 5_000;
/** After a relay that could not be reached, milliseconds. */
const retryMs = 5_000;

/** Sends a copy of each mail to another server, for eyes only: in order, at least once, and given up when that server refuses the mail itself. */
export function createMailRelay(relayUrl: string, mailbox: PgMailbox, logger: Logger): Pump {
  const url = new URL(relayUrl);
  const limits = { connectionTimeout: silenceMs, greetingTimeout: silenceMs, socketTimeout: silenceMs };
  const transport = createTransport({
    host: url.hostname,
    port: Number(url.port || 25),
    secure: url.protocol === 'smtps:',
    ignoreTLS: url.protocol === 'smtp:',
    ...limits,
  });
  return createPump(
    async () => {
      const mail = await mailbox.nextToRelay();
      if (!mail) return null;
      try {
        await transport.sendMail({ envelope: { from: mail.sender, to: [...mail.recipients] }, raw: Buffer.from(mail.raw) });
      } catch (error) {
        logger.warn({ err: error, mail: mail.id }, 'a mail could not be relayed');
        if (!isFinal(error)) return retryMs;
        await mailbox.relayed(mail.id, 'failed');
        return 0;
      }
      await mailbox.relayed(mail.id, 'done');
      return 0;
    },
    (error) => logger.warn({ err: error }, 'mails could not be relayed'),
  );
}

/** 5xx of SMTP: the same mail will be refused again. Source: RFC 5321, 4.2.1. */
function isFinal(error: unknown): boolean {
  const code = (error as { responseCode?: unknown } | null)?.responseCode;
  return typeof code === 'number' && code >= 500;
}
