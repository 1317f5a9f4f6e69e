import { existsSync } from 'node:fs';
import { access, constants, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { commandLineOf, isAlive } from '../processes.js';
import { removePostgresData } from '../postgres.js';

/** The places inside a data directory. */
export type DataFolder = {
  readonly root: string;
  readonly run: string;
  readonly logs: string;
  readonly keys: string;
  readonly postgres: string;
  /** Documents and pictures. */
  readonly storage: string;
  /** The broker's own; its jars lie beside it and survive `--fresh`. */
  readonly kafka: string;
};

export function dataFolder(root: string): DataFolder {
  const inside = (name: string): string => join(root, name);
  return {
    root,
    run: inside('run'),
    logs: inside('logs'),
    keys: inside('keys'),
    postgres: inside('postgres'),
    storage: inside('storage'),
    kafka: join(root, 'kafka', 'broker'),
  };
}

/** Makes a folder that somebody has named as `what`, unless it is there. Throws a `Failure` when it cannot be made, or not be written to. */
export async function makeFolder(what: string, path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const [reason = ''] = (cause as NodeJS.ErrnoException).message.split(',');
    throw new Failure(`${what}: got "${path}", wants a folder that can be made and written to (${reason}).`, { cause });
  }
}

/** Removes what a system keeps, and nothing else that may lie in the folder. Nothing of it may run. */
export async function wipe(folder: DataFolder): Promise<void> {
  await removePostgresData(folder.postgres);
  for (const path of [folder.run, folder.logs, folder.keys, folder.storage, folder.kafka]) await rm(path, { recursive: true, force: true });
}

/** A process of a system by its pid file. `part` is a service, `all`, `supervisor`, `postgres` or `kafka`. */
export type RunningPart = { readonly file: string; readonly part: string; readonly pid: number };

/** Writes a pid file, whole or not at all. The second line says how to know the process again: ids are used again. */
export async function writePid(
  folder: DataFolder,
  name: string,
  entry: { readonly pid: number; readonly part: string; readonly mark: string },
): Promise<void> {
  await mkdir(folder.run, { recursive: true });
  const file = join(folder.run, `${name}.pid`);
  await writeFile(`${file}.new`, `${entry.pid}\n${entry.mark}\n${entry.part}\n`);
  await rename(`${file}.new`, file);
}

export const removePid = (folder: DataFolder, name: string): Promise<void> => rm(join(folder.run, `${name}.pid`), { force: true });

/** Everything with a pid file that is alive and still what the file says, by name. */
export async function runningParts(folder: DataFolder): Promise<readonly RunningPart[]> {
  if (!existsSync(folder.run)) return [];
  const files = (await readdir(folder.run)).filter((name) => name.endsWith('.pid')).sort();
  const parts = await Promise.all(files.map((file) => readPart(join(folder.run, file))));
  return parts.filter((part) => part !== undefined);
}

async function readPart(file: string): Promise<RunningPart | undefined> {
  const [pidText = '', mark = '', part = ''] = (await readFile(file, 'utf8')).split('\n');
  const pid = Number(pidText);
  if (!(pid > 0) || !isAlive(pid)) return undefined;
  return (await commandLineOf(pid)).includes(mark) ? { file, part, pid } : undefined;
}
