/**
 * Makes a clone ready to run: packages, generated code, build. Each step is skipped when its result is up to date, so a second run takes about a second.
 * Plain JavaScript without a dependency: it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command in the repository with its output shown; rejects unless it ends with 0. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : reject(new SetupFailure(`"${[command.split('/').pop(), ...args].join(' ')}" ended with ${signal ?? code}.`)),
    );
  });
}

/** A step that did not work and has said why: printed without a stack. */
export class SetupFailure extends Error {
  name = 'SetupFailure';
}

/** True when node_modules holds, version for version, what package-lock.json wants here. Packages for other platforms may be absent. */
async function isInstalled() {
  const installedLock = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const wanted = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(await readFile(installedLock, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true;
    const there = installed[path];
    return there ? entry.link === true || there.version === entry.version : entry.optional === true || entry.peer === true;
  });
}

async function install() {
  if (await isInstalled()) return;
  console.log('Installing the packages (npm ci), about two minutes the first time …');
  await run('npm', ['ci', '--no-audit', '--no-fund']);
}

/** A project may bring a `prepare.mjs` that writes what its build needs (mail templates, say). It decides itself whether anything is stale. */
async function prepareProjects() {
  for (const project of await readdir(join(root, 'apps'))) {
    const script = join(root, 'apps', project, 'prepare.mjs');
    if (existsSync(script)) await run(process.execPath, [script]);
  }
}

async function build() {
  const begun = Date.now();
  await run(process.execPath, [join(root, 'node_modules/typescript7/bin/tsc'), '-b']);
  if (Date.now() - begun > 2_000) console.log(`built (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupFailure(`Node.js ${process.versions.node} is too old: 20.19 or later is needed (https://nodejs.org).`);
}

/** Everything a command needs before it can run from the build. */
export async function setUp() {
  checkNode();
  await install();
  const { generate } = await import(pathToFileURL(join(root, 'tools/generate.mjs')).href);
  await generate();
  await prepareProjects();
  await build();
}

/** Runs `main`; a failure that has been explained ends the process with 1 and without a stack. */
export async function guarded(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof SetupFailure || error?.name === 'Failure' ? error.message : (error?.stack ?? error));
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await guarded(setUp);
