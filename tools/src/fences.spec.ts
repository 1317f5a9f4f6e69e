import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.js';

/** A text and the one rule that must object to it; null: nothing may. Each is linted in the place of a file that exists, so that types are known. */
type Planted = { readonly says: string; readonly file: string; readonly text: string; readonly rule: string | null };

const anyFileIn = (folder: string): string => {
  const name = existsSync(join(workspaceRoot, folder))
    ? readdirSync(join(workspaceRoot, folder)).find((file) => /^[a-z-]+\.ts$/.test(file))
    : undefined;
  if (!name) throw new Error(`nothing to plant in: ${folder}`);
  return `${folder}/${name}`;
};
const domain = anyFileIn('apps/customer/src/domain');
const features = anyFileIn('apps/customer/src/features');
const edge = anyFileIn('apps/storefront/src/features/edge');
const adapters = anyFileIn('apps/customer/src/adapters');
const kernel = 'libs/kernel/src/clock.ts';
const contracts = 'libs/contracts/src/topics.ts';
const messaging = 'libs/messaging/src/handler.ts';
const host = 'libs/host/src/ids.ts';
const e2e = 'apps/e2e/src/target.ts';
const tools = 'tools/src/failure.ts';
const all = 'apps/all/src/services.ts';
const composed = 'apps/payment/src/payment.module.ts';
const spec = 'tools/src/fences.spec.ts';

const importing = (name: string): string => `import * as x from '${name}';\nexport const y = x;\n`;
const oneLine = (text: string): string => `"${text.trim().replaceAll(/\s*\n\s*/g, ' ')}"`;
const inFunction = (statement: string): string => `export function f(): unknown {\n  ${statement}\n}\n`;

const bank = (made: string): string =>
  `import { sandboxBank } from './adapters/sandbox-bank.js';\nexport const f = (outside: (name: string, made: unknown) => unknown, x: never): unknown => ${made};\n`;

const boundaries = '@nx/enforce-module-boundaries';
const betweenProjects: readonly Planted[] = [
  { says: 'an app that imports an app', file: features, text: importing('@tandem/payment'), rule: boundaries },
  { says: 'an app that imports an app by its path', file: features, text: importing('../../../payment/src/main.js'), rule: boundaries },
  { says: 'an app that imports the composition', file: features, text: importing('@tandem/all'), rule: boundaries },
  { says: 'host that imports an app', file: host, text: importing('@tandem/customer'), rule: boundaries },
  { says: 'messaging that imports host', file: messaging, text: importing('@tandem/host'), rule: boundaries },
  { says: 'contracts that import messaging', file: contracts, text: importing('@tandem/messaging'), rule: boundaries },
  { says: 'the kernel that imports contracts', file: kernel, text: importing('@tandem/contracts'), rule: boundaries },
  { says: 'the journeys that import host', file: e2e, text: importing('@tandem/host'), rule: boundaries },
  { says: 'the tools that import an app', file: tools, text: importing('@tandem/customer'), rule: boundaries },
  { says: 'an app that imports a lib', file: features, text: importing('@tandem/contracts'), rule: null },
  { says: 'the composition that imports an app', file: all, text: importing('@tandem/customer'), rule: null },
];

const betweenFolders: readonly Planted[] = [
  { says: 'domain that imports features', file: domain, text: importing('../features/x.js'), rule: 'tandem/imports' },
  { says: 'domain that imports adapters', file: domain, text: importing('../adapters/x.js'), rule: 'tandem/imports' },
  { says: 'domain that imports the configuration', file: domain, text: importing('../config.js'), rule: 'tandem/imports' },
  { says: 'domain that imports host', file: domain, text: importing('@tandem/host'), rule: 'tandem/imports' },
  { says: 'domain that imports a package', file: domain, text: importing('zod'), rule: 'tandem/imports' },
  { says: 'domain that imports node', file: domain, text: importing('node:fs'), rule: 'tandem/imports' },
  { says: 'domain that imports node lazily', file: domain, text: "export const x = () => import('node:fs');\n", rule: 'tandem/imports' },
  { says: 'the kernel that imports node', file: kernel, text: importing('node:crypto'), rule: 'tandem/imports' },
  { says: 'features that import adapters', file: features, text: importing('../adapters/x.js'), rule: 'tandem/imports' },
  {
    says: 'features that import adapters lazily',
    file: features,
    text: "export const x = () => import('../adapters/x.js');\n",
    rule: 'tandem/imports',
  },
  { says: 'features that hand adapters on', file: features, text: "export * from '../adapters/x.js';\n", rule: 'tandem/imports' },
  { says: 'features that import generated clients', file: features, text: importing('../gen/prisma/client.js'), rule: 'tandem/imports' },
  { says: 'adapters that import features', file: adapters, text: importing('../features/x.js'), rule: 'tandem/imports' },
  { says: 'features that import the module', file: features, text: importing('../customer.module.js'), rule: 'tandem/imports' },
  { says: 'features that import the configuration', file: features, text: importing('../config.js'), rule: 'tandem/imports' },
  { says: 'adapters that import the module', file: adapters, text: importing('../customer.module.js'), rule: 'tandem/imports' },
  { says: 'adapters that import the configuration', file: adapters, text: importing('../config.js'), rule: 'tandem/imports' },
  { says: 'domain that imports the kernel', file: domain, text: importing('@tandem/kernel'), rule: null },
  { says: 'features that import domain', file: features, text: importing('../domain/x.js'), rule: null },
];

const aroundPackages: readonly Planted[] = [
  { says: 'kafkajs in an app', file: adapters, text: importing('kafkajs'), rule: 'tandem/imports' },
  { says: 'kafkajs elsewhere in messaging', file: messaging, text: importing('kafkajs'), rule: 'tandem/imports' },
  { says: 'pg in features', file: features, text: importing('pg'), rule: 'tandem/imports' },
  { says: 'Prisma in features', file: features, text: importing('@prisma/client'), rule: 'tandem/imports' },
  { says: 'pg in contracts', file: contracts, text: importing('pg'), rule: 'tandem/imports' },
  { says: 'pg at the rim', file: composed, text: importing('pg'), rule: 'tandem/imports' },
  { says: 'Prisma at the rim', file: composed, text: importing('@prisma/client'), rule: 'tandem/imports' },
  { says: 'types of pg in adapters', file: adapters, text: "import type pg from 'pg';\nexport type P = pg.Pool;\n", rule: null },
  {
    says: 'an opened transaction in features',
    file: features,
    text: "import { sessionOf } from '@tandem/kernel';\nexport const open = sessionOf;\n",
    rule: 'tandem/session-of',
  },
  {
    says: 'an opened transaction in adapters',
    file: adapters,
    text: "import { sessionOf } from '@tandem/kernel';\nexport const open = sessionOf;\n",
    rule: null,
  },
  { says: 'HTTP out of features', file: features, text: importing('undici'), rule: 'tandem/outside' },
  { says: 'a socket out of features', file: features, text: "export const x = () => import('node:net');\n", rule: 'tandem/outside' },
  { says: 'fetch in features', file: features, text: inFunction("return fetch('http://localhost');"), rule: 'tandem/outside' },
  {
    says: 'a type of HTTP in features',
    file: features,
    text: "import type { Server } from 'node:http';\nexport type S = Server;\n",
    rule: null,
  },
  { says: 'HTTP out of adapters', file: adapters, text: importing('undici'), rule: null },
  { says: 'a provider composed without its crash points', file: composed, text: bank('sandboxBank(x)'), rule: 'tandem/outside' },
  {
    says: 'a provider loaded late without its crash points',
    file: composed,
    text: "export const f = async (x: never): Promise<unknown> => {\n  const { sandboxBank } = await import('./adapters/sandbox-bank.js');\n  return sandboxBank(x);\n};\n",
    rule: 'tandem/outside',
  },
  { says: 'a provider composed with its crash points', file: composed, text: bank("outside('bank', sandboxBank(x))"), rule: null },
];

const withPool = (body: string): string =>
  `import type pg from 'pg';\nexport async function f(pool: pg.Pool, lent: pg.PoolClient): Promise<unknown> {\n  ${body}\n}\n`;
const connecting: readonly Planted[] = [
  {
    says: 'a connection of its own in adapters',
    file: adapters,
    text: "import pg from 'pg';\nexport const f = (): unknown => new pg.Client();\n",
    rule: 'tandem/connections',
  },
  {
    says: 'a pool of its own in adapters',
    file: adapters,
    text: "import { Pool } from 'pg';\nexport const f = (): unknown => new Pool();\n",
    rule: 'tandem/connections',
  },
  { says: 'pg loaded late in adapters', file: adapters, text: "export const x = () => import('pg');\n", rule: 'tandem/connections' },
  { says: 'a connection elsewhere in host', file: host, text: importing('pg'), rule: 'tandem/connections' },
  {
    says: 'a pool asked past the transactions',
    file: adapters,
    text: withPool("return pool.query('SELECT 1');"),
    rule: 'tandem/connections',
  },
  { says: 'a connection taken past them', file: adapters, text: withPool('return await pool.connect();'), rule: 'tandem/connections' },
  {
    says: 'the pool of the host asked where an app is composed',
    file: composed,
    text: "import type { Host } from '@tandem/host';\nexport const f = ({ pool: db }: Host): unknown => db.query('SELECT 1');\n",
    rule: 'tandem/connections',
  },
  {
    says: 'a connection that a transaction has lent',
    file: adapters,
    text: withPool("void pool;\n  return lent.query('SELECT 1');"),
    rule: null,
  },
  {
    says: 'a gRPC client of its own in adapters',
    file: adapters,
    text: "import { Client, credentials } from '@grpc/grpc-js';\nexport const f = (): unknown => new Client('x', credentials.createInsecure());\n",
    rule: 'tandem/connections',
  },
  {
    says: 'the codes of gRPC in adapters',
    file: adapters,
    text: "import { status } from '@grpc/grpc-js';\nexport const f = (): unknown => status.OK;\n",
    rule: null,
  },
];

const impure = [
  'return process;',
  "return fetch('x');",
  'return crypto.randomUUID();',
  'return setTimeout(() => 1, 1);',
  'return setInterval(() => 1, 1);',
  'return setImmediate(() => 1);',
  'return queueMicrotask(() => undefined);',
  'return performance.now();',
  'return globalThis;',
  "return require('node:fs');",
  'return new Date();',
  'return Date();',
  'return Date.now();',
  'return Math.random();',
  'return console;',
  "throw new Error('x');",
];
const purity: readonly Planted[] = [
  ...[domain, kernel].flatMap((file) =>
    impure.map((statement) => ({ says: `"${statement}" in ${file}`, file, text: inFunction(statement), rule: 'tandem/pure' })),
  ),
  ...[domain, kernel].flatMap((file) => [
    { says: `inheritance in ${file}`, file, text: 'export class A {}\nexport class B extends A {}\n', rule: 'tandem/pure' },
    {
      says: `inheritance of a class without a name in ${file}`,
      file,
      text: 'export class A {}\nexport const b = class extends A {};\n',
      rule: 'tandem/pure',
    },
  ]),
  { says: 'a date made from an argument', file: domain, text: inFunction('return new Date(0);'), rule: null },
  { says: 'a clock that is an argument', file: domain, text: 'export const f = (fetch: () => Date): Date => fetch();\n', rule: null },
];

const environments: readonly (readonly [string, boolean])[] = [
  ["return process.env['X'];", false],
  ["return process['env'];", false],
  ['return globalThis.process.env;', false],
  ['const { env } = process;\n  return env;', false],
  ['const { env: { X } } = process;\n  return X;', false],
  ['const { pid, ...rest } = process;\n  return [pid, rest];', false],
  ['const own = process;\n  return own.env;', false],
  ['const { pid } = process;\n  return pid;', true],
];
const environment: readonly Planted[] = [
  ...environments.map(([text, isAllowed]) => ({
    says: `${oneLine(text)} outside the configuration`,
    file: features,
    text: inFunction(text),
    rule: isAllowed ? null : 'tandem/environment-at-the-rim',
  })),
  {
    says: 'the environment by its module',
    file: host,
    text: "import { env } from 'node:process';\nexport const x = (): unknown => env;\n",
    rule: 'tandem/environment-at-the-rim',
  },
];

const counting = 'export const next = (): number => (count += 1);\n';
const stateful: readonly string[] = [
  `let count = 0;\n${counting}`,
  `export let count = 0;\n${counting}`,
  'const cache = new Map<string, string>();\nexport const keep = (key: string): unknown => cache.set(key, key);\n',
  'const cache = new WeakMap<object, string>();\nexport const keep = (key: object): unknown => cache.set(key, "");\n',
  'const seen = new Set(["a"]);\nexport const see = (key: string): unknown => seen.add(key);\n',
  'const seen: string[] = [];\nexport const see = (key: string): unknown => seen.push(key);\n',
  'const state = { count: 0 };\nexport const next = (): number => (state.count += 1);\n',
  'const state: Record<string, number> = {};\nexport const set = (): void => void Object.assign(state, { a: 1 });\n',
  'const state: Record<string, number> = {};\nexport const drop = (): boolean => delete state["a"];\n',
  'const cache = new Map<string, string>();\nexport const of = (keep: (in_: Map<string, string>) => unknown): unknown => keep(cache);\n',
  'export const cache = new Map([["a", 1]]);\n',
  'export class Counter {\n  static count = 0;\n}\n',
  'export class Counter {\n  static readonly seen = new Map<string, string>();\n}\n',
];
const stateless: readonly string[] = [
  'const known = new Set(["a"]);\nexport const knows = (key: string): boolean => known.has(key);\n',
  'export const known: ReadonlySet<string> = new Set(["a"]);\n',
  'export const excused: readonly string[] = [];\n',
  'const table = new Map<string, number>();\nfor (const key of ["a"]) table.set(key, 1);\nexport const of = (key: string): unknown => table.get(key);\n',
  'export const f = (): unknown => {\n  const own = new Map<string, number>();\n  return own.set("a", 1);\n};\n',
];
const state: readonly Planted[] = [
  ...stateful.map((text) => ({ says: `state in a module: ${oneLine(text)}`, file: features, text, rule: 'tandem/no-module-state' })),
  ...stateless.map((text) => ({ says: `what is no state: ${oneLine(text)}`, file: host, text, rule: null })),
  {
    says: 'a note about a request, where it is named in the configuration',
    file: 'apps/storefront/src/features/edge/request-id.ts',
    text: 'const ids = new WeakMap<object, string>();\nexport const keep = (key: object): unknown => ids.set(key, "");\n',
    rule: null,
  },
  {
    says: 'by the same name, what keeps its keys',
    file: 'apps/storefront/src/features/edge/request-id.ts',
    text: 'const ids = new Map<object, string>();\nexport const keep = (key: object): unknown => ids.set(key, "");\n',
    rule: 'tandem/no-module-state',
  },
];

const longBody = (lines: number): string => `export function f(): void {\n${'  f;\n'.repeat(lines)}}\n`;
const habits: readonly Planted[] = [
  { says: 'any', file: host, text: 'export const x = (y: any): unknown => y;\n', rule: '@typescript-eslint/no-explicit-any' },
  {
    says: 'a promise nobody waits for',
    file: host,
    text: 'export function f(): void {\n  Promise.resolve(1);\n}\n',
    rule: '@typescript-eslint/no-floating-promises',
  },
  {
    says: 'a forgotten member of a union',
    file: host,
    text: "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n",
    rule: '@typescript-eslint/switch-exhaustiveness-check',
  },
  { says: 'an empty catch', file: host, text: 'export function f(): void {\n  try {\n    f();\n  } catch {}\n}\n', rule: 'no-empty' },
  {
    says: 'a file of more than 300 lines',
    file: host,
    text: 'export const x = 1;\n// more\n'.padEnd(4_000, '// more\n'),
    rule: 'max-lines',
  },
  {
    says: 'a function of more than 60 lines',
    file: host,
    text: `export const g = 1;\n${longBody(70).replaceAll('  f;', '  void f;')}`,
    rule: 'max-lines-per-function',
  },
  {
    says: 'a function of more than five parameters',
    file: host,
    text: 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1, g: 1): unknown => [a, b, c, d, e, g];\n',
    rule: 'max-params',
  },
  {
    says: 'a refusal that says nothing but its code',
    file: features,
    text: "import { Refusal } from '@tandem/host';\nexport const f = (): Refusal => new Refusal('forbidden');\n",
    rule: 'no-restricted-syntax',
  },
  {
    says: 'the same at the edge, with all but what it is about',
    file: edge,
    text: "import { Refusal } from '@tandem/host';\nexport const f = (): Refusal => new Refusal('overloaded', { retryAfterSeconds: 1 });\n",
    rule: 'no-restricted-syntax',
  },
  {
    says: 'a 404 that does not say of what',
    file: features,
    text: "import { notFound } from '@tandem/host';\nexport const f = (): unknown => notFound();\n",
    rule: 'no-restricted-syntax',
  },
  { says: 'a test that runs alone', file: spec, text: "it.only('x', () => undefined);\n", rule: 'tandem/every-test-runs' },
  { says: 'a test that is skipped', file: spec, text: "describe.skip('x', () => undefined);\n", rule: 'tandem/every-test-runs' },
  { says: 'a test that is switched off', file: spec, text: "xit('x', () => undefined);\n", rule: 'tandem/every-test-runs' },
];

const planted = [...betweenProjects, ...betweenFolders, ...aroundPackages, ...connecting, ...purity, ...environment, ...state, ...habits];

describe('the fences', () => {
  let found: readonly (readonly string[])[] = [];
  beforeAll(() => {
    const input = JSON.stringify(planted.map(({ file, text }) => ({ file, text })));
    found = JSON.parse(
      execFileSync(process.execPath, ['tools/lint/lint-planted.mjs'], { cwd: workspaceRoot, input, encoding: 'utf8' }),
    ) as string[][];
  }, 120_000);

  it.each(planted.map((plant, index) => ({ ...plant, index, verdict: plant.rule ? 'refuse' : 'allow' })))(
    '$verdict $says',
    ({ index, rule }) => {
      const objecting = [...new Set(found[index])];
      if (rule === null) expect(objecting).toEqual([]);
      else expect(objecting).toContain(rule);
    },
  );

  it('check the format wherever the workspace is linted', () => {
    const targets = readFileSync(join(workspaceRoot, 'tools/nx/targets.mjs'), 'utf8');
    expect(/lintWorkspace = \{\s+command:\s+'([^']*)'/.exec(targets)?.[1]).toContain('prettier.cjs --log-level warn --check . && ');
  });

  it.each([
    ['refuse a text that `npm run format` would change', 'export const x = {a:1}\n', 1],
    ['allow one that it would leave as it is', 'export const x = { a: 1 };\n', 0],
  ])('%s', (_verdict, input, status) => {
    const prettier = ['node_modules/prettier/bin/prettier.cjs', '--check', '--stdin-filepath', host];
    expect(spawnSync(process.execPath, prettier, { cwd: workspaceRoot, input }).status).toBe(status);
  });
});
