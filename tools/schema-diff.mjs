/**
 * The SQL between two Prisma schemas: `{ "from": text | null, "to": text }` on stdin, SQL on stdout. No database is asked.
 * A process of its own: the engine is WebAssembly from a package that is internal to Prisma (pinned exactly, used at development time only).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

/** The engine asks a database for its version when it starts, though a comparison of two files needs none. This one answers that, and nothing else. */
const session = {
  provider: 'postgres',
  adapterName: 'none',
  executeScript: async () => undefined,
  executeRaw: async () => 0,
  queryRaw: async () => ({
    columnNames: ['exists', 'version', 'numeric_version'],
    columnTypes: [5, 7, 0],
    rows: [[true, 'PostgreSQL 18.4', 180_004]],
  }),
  startTransaction: () => Promise.reject(new Error('a comparison of two schemas opens no transaction')),
  getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
  dispose: async () => undefined,
};
const nowhere = { provider: 'postgres', adapterName: 'none', connect: async () => session, connectToShadowDb: async () => session };

/** The package loads its WebAssembly by an import that Node cannot do; so it is put together by hand. */
async function loadEngine(schema) {
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': bindings,
  });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings.SchemaEngine.new(
    { datamodels: [['schema.prisma', schema]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(nowhere),
  );
}

const target = (schema) =>
  schema === null ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] };

const { from, to } = JSON.parse(readFileSync(0, 'utf8'));
const engine = await loadEngine(to);
const filters = { externalTables: [], externalEnums: [] };
const { stdout } = await engine.diff({
  from: target(from),
  to: target(to),
  script: true,
  exitCode: null,
  shadowDatabaseUrl: null,
  filters,
});
process.stdout.write(stdout ?? '');
