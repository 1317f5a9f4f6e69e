import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../failure.js';
import { commandLineOf } from '../processes.js';
import type { Account } from './account.js';
import { canReach } from './account.js';

const exec = promisify(execFile);

/** The major version whose files the shipped programs read. */
const majorVersion = '18';

export type Place = { readonly folder: string; readonly notice?: string };

/** Where the files go: where they were asked for, or in /var/tmp when the server's account cannot get there. */
export async function placeFor(wanted: string, account: Account): Promise<Place> {
  const asked = resolve(wanted);
  if (await canReach(asked, account)) return { folder: asked };
  const folder = `/var/tmp/tandem-${createHash('sha256').update(asked).digest('hex').slice(0, 12)}/postgres`;
  return { folder, notice: `The user "postgres" cannot reach ${asked}: the database's files are in ${folder}.` };
}

/** Makes the files of an empty server unless they are there. Interrupted, it leaves nothing that would be taken for a server. */
export async function ensureInitialised(folder: string, initdb: string, account: Account): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return refuseOtherVersion(folder);
  const beside = `${folder}.new`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(beside, { mode: 0o700 });
  const password = join(dirname(folder), `.${basename(folder)}.password`);
  await writeFile(password, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 });
  if (account) await Promise.all([beside, password].map((path) => chown(path, account.uid, account.gid)));
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  await exec(initdb, [`--pgdata=${beside}`, '--username=postgres', '--auth=scram-sha-256', `--pwfile=${password}`, ...locale], {
    ...account,
    env: {},
  });
  await rename(password, join(beside, 'tandem.password'));
  await rm(folder, { recursive: true, force: true });
  await rename(beside, folder);
}

async function refuseOtherVersion(folder: string): Promise<void> {
  const found = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (found === majorVersion) return;
  throw new Failure(
    `${folder} was written by PostgreSQL ${found}, the programs here are ${majorVersion}. Start with --fresh (loses the data) or with another --data.`,
  );
}

/** The password of the superuser, kept with the files it opens. */
export async function passwordOf(folder: string): Promise<string> {
  try {
    return (await readFile(join(folder, 'tandem.password'), 'utf8')).trim();
  } catch (error) {
    throw new Failure(
      `The password of the database in ${folder} cannot be read (${String(error)}). Start with --fresh, or as the user who made it.`,
    );
  }
}

export type Postmaster = { readonly pid: number; readonly port: number };

/** The server that runs on these files, if one does. A pid file left behind, or one whose id is someone else's by now, does not count. */
export async function runningPostmaster(folder: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!Number.isInteger(pid) || pid <= 0 || !port) return undefined;
  return (await commandLineOf(pid)).includes(`-D ${folder} `) ? { pid, port } : undefined;
}

/** Removes a pid file that names a process which is not our server: PostgreSQL itself trusts any living id and would refuse to start. */
export async function removeStalePidFile(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (pid > 0 && !(await commandLineOf(pid)).includes(`-D ${folder} `)) await rm(join(folder, 'postmaster.pid'), { force: true });
}
