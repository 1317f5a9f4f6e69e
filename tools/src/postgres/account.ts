import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../failure.js';

const exec = promisify(execFile);

/** Who PostgreSQL runs as. Undefined: the user who called us; as root it must be another one, PostgreSQL refuses root. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

/** The account for the server; as root that is the system user `postgres`, made when it is missing. */
export async function serverAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await idsOf('postgres');
  if (known) return known;
  try {
    await exec('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres']);
  } catch (error) {
    throw new Failure(
      `PostgreSQL does not run as root and the user "postgres" could not be made (${String(error)}).\nMake it (useradd --system postgres), start as another user, or set DATABASE_URL.`,
    );
  }
  const made = await idsOf('postgres');
  if (!made) throw new Failure('The user "postgres" was made but is not there. Start as another user, or set DATABASE_URL.');
  return made;
}

async function idsOf(user: string): Promise<Account> {
  try {
    const [uid, gid] = await Promise.all([exec('id', ['-u', user]), exec('id', ['-g', user])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 1) return undefined;
    throw error;
  }
}

/** Whether the account may pass through every folder above `path`; folders that do not exist yet will be ours and do not count. */
export async function canReach(path: string, account: Account): Promise<boolean> {
  if (!account) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const entry = await stat(folder).catch(() => undefined);
    if (entry && !mayPass(entry, account)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function mayPass(
  entry: { readonly mode: number; readonly uid: number; readonly gid: number },
  account: { readonly uid: number; readonly gid: number },
): boolean {
  if (entry.uid === account.uid) return (entry.mode & 0o100) !== 0;
  if (entry.gid === account.gid) return (entry.mode & 0o010) !== 0;
  return (entry.mode & 0o001) !== 0;
}
