import { type Environment, loadConfig, type Mode, mode, peerUrl, port, storageUrl } from '@tandem/host';
import { z } from 'zod';

/** What the storefront reads beside the variables every service has. */
export type StorefrontConfig = {
  readonly mode: Mode;
  /** The public port; 0 takes a free one. */
  readonly port: number;
  /** Where those answer whose streams are followed. */
  readonly urls: Readonly<Record<'order' | 'document' | 'media', string>>;
  /** Where pictures are; the same place as for media. */
  readonly storage: string;
  readonly pictureBytes: number;
};

const schema = z.object({
  STOREFRONT_PORT: port.prefault('3000'),
  TANDEM_MODE: mode,
  STORAGE_URL: storageUrl,
  PICTURE_MAX_BYTES: z.string().regex(/^[1-9]\d{0,9}$/, 'a number of bytes, e.g. 20000000').transform(Number).prefault('20000000'),
});

export function loadStorefrontConfig(env: Environment): StorefrontConfig {
  const { STOREFRONT_PORT, TANDEM_MODE, STORAGE_URL, PICTURE_MAX_BYTES } = loadConfig(schema, env);
  return { mode: TANDEM_MODE, port: STOREFRONT_PORT, urls: { order: peerUrl('order', env), document: peerUrl('document', env), media: peerUrl('media', env) }, storage: STORAGE_URL, pictureBytes: PICTURE_MAX_BYTES };
}
