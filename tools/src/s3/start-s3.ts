import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '../failure.js';
import { classPathOf, ensureJars } from '../java/jars.js';
import { requireJava, smallJvm } from '../java/java.js';
import { lastWords } from '../last-words.js';
import { endProcess, freePort } from '../processes.js';
import { waitFor } from '../waiting.js';
import { workspaceRoot } from '../workspace.js';

/** A server of S3's protocol with one empty bucket. It ends with its starter. */
export type S3 = {
  /** What reaches the bucket: its address (`S3_TEST_URL`) and who may. Whatever else would tell the SDK who it is, is empty. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when it is gone. Asking again changes nothing. */
  stop(): Promise<void>;
};

const version = '4.1.0';
const bucket = 'tandem-test';
const settings = join(workspaceRoot, 'tools', 's3', 's3proxy.properties');
const logging = join(workspaceRoot, 'tools', 's3', 'logback.xml');
const readyWithinMs = 60_000;
const stopWithinMs = 10_000;

/** Starts S3Proxy from its jars on a free port, over a new folder, and waits until it answers. Throws a `Failure` that says what to do; nothing runs then. */
export async function startS3(dataDir: string): Promise<S3> {
  const { java, maven } = await requireJava('S3Proxy');
  const classPath = await classPathOf(await ensureJars(maven, { name: 's3', version }));
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const data = join(resolve(dataDir), 'data'); // a relative one loses uploads in parts
  const log = join(resolve(dataDir), 'output.log');
  await mkdir(join(data, bucket), { recursive: true });
  const own = [`-Ds3proxy.endpoint=${endpoint}`, `-Djclouds.filesystem.basedir=${data}`, `-Dlogback.configurationFile=${logging}`];
  const program = ['-cp', classPath, 'org.gaul.s3proxy.Main', '--properties', settings];
  const server = await spawnServer(java, ['-Xmx128m', ...smallJvm, ...own, ...program], log);
  const stop = async (): Promise<void> => {
    if (server.pid !== undefined && runs(server)) await endProcess(server.pid, 'SIGTERM', stopWithinMs);
  };
  try {
    await waitFor({ timeoutMs: readyWithinMs, everyMs: 50, what: `S3Proxy on ${endpoint}` }, async () => {
      if (!runs(server)) throw new Failure(`S3Proxy ended while it started. Its last words are in ${log}:\n${await lastWords(log)}`);
      return (await answers(endpoint)) || undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { env: { S3_TEST_URL: `s3://${bucket}?endpoint=${endpoint}`, ...(await credentials()) }, stop };
}

/** A child that ends with us, also where nobody asks it to. */
async function spawnServer(java: string, args: readonly string[], log: string): Promise<ChildProcess> {
  const output = await open(log, 'a');
  const child = spawn(java, args, { stdio: ['ignore', output.fd, output.fd] });
  const failed = new Promise<Error>((settle) => child.once('error', settle));
  await output.close();
  if (child.pid === undefined) throw new Failure(`S3Proxy could not be started: ${(await failed).message}`);
  child.unref();
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

const runs = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

/** Any answer will do; to one who does not sign, it says 403. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    await (await fetch(endpoint, { signal: AbortSignal.timeout(2_000) })).arrayBuffer();
    return true;
  } catch (error) {
    if (error instanceof Error) return false; // not yet; whether it ever will is known by its process
    throw error;
  }
}

async function credentials(): Promise<Record<string, string>> {
  const lines = (await readFile(settings, 'utf8')).split('\n').map((line) => line.split('=', 2));
  const of = (name: string): string => lines.find(([key]) => key === `s3proxy.${name}`)?.[1] ?? '';
  return { AWS_ACCESS_KEY_ID: of('identity'), AWS_SECRET_ACCESS_KEY: of('credential'), AWS_SESSION_TOKEN: '', AWS_PROFILE: '' };
}
