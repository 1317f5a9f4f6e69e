import { spawnSync } from 'node:child_process';
import { Failure } from '../failure.js';
import { workspaceRoot } from '../workspace.js';

/** The SQL that leads from one Prisma schema to another; from nothing when `from` is null. Empty when there is nothing to do. No database is asked. */
export function sqlBetween(from: string | null, to: string): string {
  const child = spawnSync(process.execPath, ['tools/schema-diff.mjs'], {
    cwd: workspaceRoot,
    input: JSON.stringify({ from, to }),
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Failure(`The schema cannot be read:\n${reasonIn(child.stderr)}`);
  return withoutNoise(child.stdout);
}

/** `public` is there already, and the engine writes a comment where it has nothing to say. */
function withoutNoise(sql: string): string {
  return sql
    .replace(/^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n+/, '')
    .replace(/^-- This is an empty migration\.\s*$/, '')
    .trim();
}

/** The engine's own message, without the stack of its WebAssembly. */
const reasonIn = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => !/^\s+at |^Node\.js/.test(line))
    .join('\n')
    .trim();
