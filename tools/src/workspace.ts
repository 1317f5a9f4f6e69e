import { existsSync, readdirSync } from 'node:fs';
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
