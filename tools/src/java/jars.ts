import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../failure.js';
import { workspaceRoot } from '../workspace.js';

const exec = promisify(execFile);

/** A program as its jars: those of `tools/<name>/pom.xml`, with `version` as its `<name>.version`. */
export type Jars = { readonly name: string; readonly version: string };

/** The jars in `jars-<version>` of `cacheDir`, by default `.tandem/<name>` of the repository, fetched by Maven unless they are there. The folder is complete or absent. */
export async function ensureJars(maven: string, { name, version }: Jars, cacheDir?: string): Promise<string> {
  const pom = join(workspaceRoot, 'tools', name, 'pom.xml');
  const folder = join(resolve(cacheDir ?? join(workspaceRoot, '.tandem', name)), `jars-${version}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
  try {
    await exec(maven, ['-B', '-q', '-f', pom, `-D${name}.version=${version}`, ...goal], { maxBuffer: 16_000_000 });
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (existsSync(folder)) return folder;
    const { stdout = '', message } = error as { readonly stdout?: string; readonly message: string };
    const lastWords = (stdout || message).trim().split('\n').slice(-8).join('\n');
    throw new Failure(`Maven could not fetch the jars of ${name} ${version} (${pom}):\n${lastWords}`);
  }
  return folder;
}

/** Sorted: a class path of the same jars in the same order is the same class path. */
export async function classPathOf(jars: string): Promise<string> {
  const names = (await readdir(jars)).filter((name) => name.endsWith('.jar')).sort();
  return names.map((name) => join(jars, name)).join(':');
}
