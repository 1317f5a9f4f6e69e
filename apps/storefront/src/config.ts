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
  /** How long it goes on serving after it was told to end and has said so, milliseconds: as long as a load balancer needs to notice. */
  readonly drainNoticeMs: number;
};

const schema = z.object({
  STOREFRONT_PORT: port.prefault('3000'),
  TANDEM_MODE: mode,
  STORAGE_URL: storageUrl,
  PICTURE_MAX_BYTES: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'a number of bytes, e.g. 20000000')
    .transform(Number)
    .prefault('20000000'),
  STOREFRONT_DRAIN_NOTICE_MS: z
    .string()
    .regex(/^([0-4]?\d{1,3}|5000)$/, 'milliseconds, 0 to 5000: of the 15 s of a drain, what is in hand needs the rest')
    .transform(Number)
    .optional(),
});

export function loadStorefrontConfig(env: Environment): StorefrontConfig {
  const { STOREFRONT_PORT, TANDEM_MODE, STORAGE_URL, PICTURE_MAX_BYTES, STOREFRONT_DRAIN_NOTICE_MS } = loadConfig(schema, env);
  return {
    mode: TANDEM_MODE,
    port: STOREFRONT_PORT,
    urls: { order: peerUrl('order', env), document: peerUrl('document', env), media: peerUrl('media', env) },
    storage: STORAGE_URL,
    pictureBytes: PICTURE_MAX_BYTES,
    drainNoticeMs: STOREFRONT_DRAIN_NOTICE_MS ?? (TANDEM_MODE === 'development' ? 0 : 2_000),
  };
}
