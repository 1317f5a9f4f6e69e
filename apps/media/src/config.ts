import { type Environment, loadConfig, storageUrl } from '@tandem/host';
import { z } from 'zod';

/** `storage`: where pictures are, the same place for everybody who reads or writes them. */
export type MediaConfig = { readonly storage: string };

export function loadMediaConfig(env: Environment): MediaConfig {
  const { STORAGE_URL } = loadConfig(z.object({ STORAGE_URL: storageUrl }), env);
  return { storage: STORAGE_URL };
}
