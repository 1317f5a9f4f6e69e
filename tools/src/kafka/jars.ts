import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../failure.js';
import { workspaceRoot } from '../workspace.js';

export const kafkaVersion = '4.3.1';
const pom = join(workspaceRoot, 'tools', 'kafka', 'pom.xml');
const exec = promisify(execFile);

/** The jars of the broker in a folder of `cacheDir`, fetched by Maven unless they are there. The folder is complete or absent. */
export async function ensureJars(maven: string, cacheDir: string, version = kafkaVersion): Promise<string> {
  const folder = join(cacheDir, `jars-${version}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    await exec(
      maven,
      [
        '-B',
        '-q',
        '-f',
        pom,
        `-Dkafka.version=${version}`,
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${partial}`,
      ],
      {
        maxBuffer: 16_000_000,
      },
    );
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (existsSync(folder)) return folder;
    const { stdout = '', message } = error as { readonly stdout?: string; readonly message: string };
    throw new Failure(
      `Maven could not fetch the jars of Kafka ${version} (${pom}):\n${(stdout || message).trim().split('\n').slice(-8).join('\n')}`,
    );
  }
  return folder;
}

/** Sorted: a class path of the same jars in the same order is the same class path. */
export async function classPathOf(jars: string): Promise<string> {
  const names = (await readdir(jars)).filter((name) => name.endsWith('.jar')).sort();
  return names.map((name) => join(jars, name)).join(':');
}
