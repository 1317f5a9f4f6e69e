import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '../workspace.js';

/** Whose file it is. Rooms are applied in the order of `roomsOf`; inside a room by name. */
export type Room = 'messaging' | 'platform' | 'prisma' | 'log';

/** One file of SQL, applied once and never changed afterwards. `checksum`: SHA-256 in hexadecimal, as Prisma computes it. */
export type Migration = { readonly room: Room; readonly name: string; readonly sql: string; readonly checksum: string };

/** Everything a service's database gets: the tables of the shared libraries, then its own. */
export async function migrationsOf(service: string, root = workspaceRoot): Promise<readonly Migration[]> {
  return [
    ...(await flatFolder('messaging', join(root, 'libs/messaging/migrations'))),
    ...(await flatFolder('platform', join(root, 'libs/host/migrations'))),
    ...(await prismaFolder(join(root, 'prisma', service, 'migrations'))),
  ];
}

/** What the database of the embedded event log gets. */
export function logMigrations(root = workspaceRoot): Promise<readonly Migration[]> {
  return flatFolder('log', join(root, 'libs/messaging/log-schema'));
}

async function flatFolder(room: Room, folder: string): Promise<readonly Migration[]> {
  const names = existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort() : [];
  return Promise.all(names.map((name) => migration(room, name.slice(0, -'.sql'.length), join(folder, name))));
}

/** Prisma's layout: a folder per migration. */
async function prismaFolder(folder: string): Promise<readonly Migration[]> {
  const names = existsSync(folder) ? (await readdir(folder)).filter((name) => existsSync(join(folder, name, 'migration.sql'))).sort() : [];
  return Promise.all(names.map((name) => migration('prisma', name, join(folder, name, 'migration.sql'))));
}

async function migration(room: Room, name: string, file: string): Promise<Migration> {
  const sql = await readFile(file, 'utf8');
  return { room, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}
