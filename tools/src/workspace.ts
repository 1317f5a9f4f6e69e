import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository, the same from source and from the build. */
export const workspaceRoot = fileURLToPath(new URL('../../', import.meta.url));

/** The services that own a database: each has a folder in `prisma/`. Sorted. */
export function servicesWithDatabase(root = workspaceRoot): readonly string[] {
  const folder = join(root, 'prisma');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'schema.prisma')))
    .sort();
}

/** Every service: the projects in `apps/` tagged `type:app`. Sorted. */
export function serviceNames(root = workspaceRoot): readonly string[] {
  return readdirSync(join(root, 'apps'))
    .filter((name) => tagsOf(join(root, 'apps', name, 'package.json')).includes('type:app'))
    .sort();
}

function tagsOf(manifest: string): readonly string[] {
  if (!existsSync(manifest)) return [];
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly nx?: { readonly tags?: readonly string[] } }).nx?.tags ?? [];
}
