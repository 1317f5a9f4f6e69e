import { readFileSync } from 'node:fs';

/** The version of this build; every project of the workspace has the same. */
export const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string })
  .version;
