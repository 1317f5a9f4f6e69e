import type { documentV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import type { Logger } from 'pino';
import type { FindInvoice } from '../domain/mail-transport.js';

/** A mail goes without the invoice rather than wait longer for it, milliseconds. */
const timeoutMs = 1_000;

/** Invoices as the document service has them at this moment. */
export function grpcInvoices(
  document: Pick<Peer<typeof documentV1.DocumentServiceService>, 'getDocument'>,
  logger: Pick<Logger, 'info'>,
): FindInvoice {
  return async (orderId) => {
    try {
      const { number, content } = await document.getDocument({ orderId, kind: 'invoice', reference: '', knownSha256: '' }, { timeoutMs });
      return content.length === 0 ? undefined : { filename: `${number}.pdf`, contentType: 'application/pdf', content };
    } catch (error) {
      logger.info({ err: error, orderId }, 'a mail goes without the invoice');
      return undefined;
    }
  };
}
