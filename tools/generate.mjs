/**
 * Writes what is generated and git-ignored: protobuf types into libs/contracts/src/gen, Prisma clients into apps/<service>/src/gen/prisma.
 * Runs before anything is built, so it is plain JavaScript. What is up to date (by a hash of its inputs) is left alone.
 *
 * Usage: node tools/generate.mjs [--force] [service …]
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const atATime = 2;

/** Rejects with everything the command printed, because a generator's message is the only clue to a wrong schema. */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    child.stdout.on('data', (chunk) => (printed += chunk));
    child.stderr.on('data', (chunk) => (printed += chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')} ended with ${code}\n${printed}`)),
    );
  });
}

async function filesUnder(folder, extension) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

async function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file.slice(root.length))
      .update('\0')
      .update(await readFile(file));
  return hash.digest('hex');
}

/** Does `work` unless the stamp beside the output already names these inputs. */
async function whenStale({ name, stamp, output, inputs, force }, work) {
  const wanted = await hashOf(inputs);
  const current = existsSync(output) && existsSync(stamp) ? await readFile(stamp, 'utf8') : '';
  if (current === wanted && !force) return;
  const begun = Date.now();
  await work();
  await writeFile(stamp, wanted);
  console.log(`generated ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
}

function protobuf(force) {
  const proto = join(root, 'libs/contracts/proto');
  if (!existsSync(proto)) return [];
  const output = join(root, 'libs/contracts/src/gen');
  return [
    async () => {
      const inputs = [...(await filesUnder(proto, '.proto')), join(root, 'buf.gen.yaml'), join(root, 'node_modules/ts-proto/package.json')];
      await whenStale({ name: 'protobuf', stamp: join(output, '.stamp'), output, inputs, force }, async () => {
        const fresh = join(root, '.nx/generating-protobuf');
        await rm(fresh, { recursive: true, force: true });
        await mkdir(fresh, { recursive: true });
        await run(process.execPath, ['node_modules/@bufbuild/buf/bin/buf', 'generate', '--output', fresh]);
        await rm(output, { recursive: true, force: true });
        await rename(join(fresh, 'libs/contracts/src/gen'), output);
        await rm(fresh, { recursive: true, force: true });
      });
    },
  ];
}

/** `PRISMA_SCHEMA_ENGINE_BINARY`: the CLI would download an engine that `generate` never runs. `DATABASE_URL`: no connection is made. */
const prismaEnvironment = { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };

async function prismaClients(only, force) {
  const folder = join(root, 'prisma');
  if (!existsSync(folder)) return [];
  const services = (await readdir(folder)).filter((name) => existsSync(join(folder, name, 'schema.prisma')));
  return services.filter((name) => only.length === 0 || only.includes(name)).map((name) => () => prismaClient(name, force));
}

async function prismaClient(service, force) {
  const schema = join(root, 'prisma', service, 'schema.prisma');
  const gen = join(root, 'apps', service, 'src/gen');
  const inputs = [schema, join(root, 'node_modules/prisma/package.json')];
  await mkdir(gen, { recursive: true });
  await whenStale(
    { name: `prisma client of ${service}`, stamp: join(gen, '.prisma.stamp'), output: join(gen, 'prisma'), inputs, force },
    () => run(process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--schema', schema, '--no-hints'], prismaEnvironment),
  );
}

async function inTurns(jobs) {
  const waiting = [...jobs];
  const worker = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

/** Brings everything generated up to date. */
export async function generate({ only = [], force = false } = {}) {
  await inTurns([...protobuf(force), ...(await prismaClients(only, force))]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  try {
    await generate({ only: args.filter((arg) => !arg.startsWith('--')), force: args.includes('--force') });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
