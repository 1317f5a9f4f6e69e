import { type Environment, loadConfig, type Mode, mode, peerUrl, port } from '@tandem/host';
import { z } from 'zod';

/** What the storefront reads beside the variables every service has. */
export type StorefrontConfig = {
  readonly mode: Mode;
  /** The public port; 0 takes a free one. */
  readonly port: number;
  /** Where those answer whose streams are followed. */
  readonly urls: Readonly<Record<'order' | 'document', string>>;
};

export function loadStorefrontConfig(env: Environment): StorefrontConfig {
  const { STOREFRONT_PORT, TANDEM_MODE } = loadConfig(z.object({ STOREFRONT_PORT: port.prefault('3000'), TANDEM_MODE: mode }), env);
  return { mode: TANDEM_MODE, port: STOREFRONT_PORT, urls: { order: peerUrl('order', env), document: peerUrl('document', env) } };
}
