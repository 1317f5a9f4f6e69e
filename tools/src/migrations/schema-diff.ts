import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

/** The part of the engine that is used. Its package is internal to Prisma: pinned exactly, used at development time only. */
type Target = { readonly tag: 'empty' } | { readonly tag: 'schemaDatamodel'; readonly files: readonly { readonly path: string; readonly content: string }[] };
type Engine = { diff(params: object): Promise<{ readonly stdout: string | null }>; free(): void };
type WebAssemblyGlobal = { instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: Record<string, unknown> } }> };
type Loadable = { __wbg_set_wasm(exports: unknown): void; SchemaEngine: { new: (options: object, log: () => void, factory: object) => Promise<Engine> } };

/** The SQL that leads from one Prisma schema to another; from nothing when `from` is null. Empty when there is nothing to do. No database is asked. */
export async function sqlBetween(from: string | null, to: string): Promise<string> {
  const engine = await loadEngine(to);
  try {
    const filters = { externalTables: [], externalEnums: [] };
    const params = { from: target(from), to: target(to), script: true, exitCode: null, shadowDatabaseUrl: null, filters };
    return withoutNoise((await engine.diff(params)).stdout ?? '');
  } finally {
    engine.free();
  }
}

const target = (schema: string | null): Target => (schema === null ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] });

/** `public` is there already, and the engine writes a comment where it has nothing to say. */
function withoutNoise(sql: string): string {
  return sql
    .replace(/^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n+/, '')
    .replace(/^-- This is an empty migration\.\s*$/, '')
    .trim();
}

/** The package loads its WebAssembly by an import that Node cannot do; so it is put together by hand. */
async function loadEngine(schema: string): Promise<Engine> {
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyGlobal };
  const wasm = await WebAssembly.instantiate(await readFile(join(folder, 'schema_engine_bg.wasm')), { './schema_engine_bg.js': bindings });
  const loadable = bindings as unknown as Loadable;
  loadable.__wbg_set_wasm(wasm.instance.exports);
  (wasm.instance.exports['__wbindgen_start'] as () => void)();
  return loadable.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => undefined, bindMigrationAwareSqlAdapterFactory(nowhere));
}

/** The engine asks a database for its version when it starts, though a diff of two files needs none. This one answers that, and nothing else. */
const session = {
  provider: 'postgres' as const,
  adapterName: 'none',
  executeScript: () => Promise.resolve(),
  executeRaw: () => Promise.resolve(0),
  queryRaw: () => Promise.resolve({ columnNames: ['exists', 'version', 'numeric_version'], columnTypes: [5, 7, 0] as (0 | 5 | 7)[], rows: [[true, 'PostgreSQL 18.4', 180_004]] }),
  startTransaction: () => Promise.reject(new Error('a comparison of two schemas opens no transaction')),
  getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
  dispose: () => Promise.resolve(),
};
const nowhere = { provider: 'postgres' as const, adapterName: 'none', connect: () => Promise.resolve(session), connectToShadowDb: () => Promise.resolve(session) };
