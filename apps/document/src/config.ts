import { ConfigError, type Environment, loadConfig, mode, storageUrl } from '@tandem/host';
import { z } from 'zod';

const schema = z.object({
  TANDEM_MODE: mode,
  STORAGE_URL: storageUrl,
  DOCUMENT_SELLER: z.string().optional(),
});

/** `seller`: name, address and tax number, line by line. */
export type DocumentConfig = { readonly storageUrl: string; readonly seller: readonly string[] };

const demoSeller = 'Tandem Demo Shop|Example Street 1|10115 Berlin|Germany|VAT DE000000000';

export function documentConfig(env: Environment): DocumentConfig {
  const { TANDEM_MODE, STORAGE_URL, DOCUMENT_SELLER } = loadConfig(schema, env);
  const seller = DOCUMENT_SELLER ?? (TANDEM_MODE === 'development' ? demoSeller : undefined);
  if (seller === undefined)
    throw new ConfigError(
      'The configuration is not valid:\n  DOCUMENT_SELLER: got nothing, wants who sells, as invoices print it: lines separated by |',
    );
  return {
    storageUrl: STORAGE_URL,
    seller: seller
      .split('|')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  };
}
