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
  { says: 'domain that imports the kernel', file: domain, text: importing('@tandem/kernel'), rule: null },
  { says: 'features that import domain', file: features, text: importing('../domain/x.js'), rule: null },
];

const aroundPackages: readonly Planted[] = [
  { says: 'kafkajs in an app', file: adapters, text: importing('kafkajs'), rule: 'tandem/imports' },
  { says: 'kafkajs elsewhere in messaging', file: messaging, text: importing('kafkajs'), rule: 'tandem/imports' },
  { says: 'pg in features', file: features, text: importing('pg'), rule: 'tandem/imports' },
  { says: 'Prisma in features', file: features, text: importing('@prisma/client'), rule: 'tandem/imports' },
  { says: 'pg in contracts', file: contracts, text: importing('pg'), rule: 'tandem/imports' },
  { says: 'pg in adapters', file: adapters, text: importing('pg'), rule: null },
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

const impure = [
  'return process;',
  "return fetch('x');",
  'return crypto.randomUUID();',
  'return setTimeout(() => 1, 1);',
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
  { says: 'inheritance in domain', file: domain, text: 'export class A {}\nexport class B extends A {}\n', rule: 'tandem/pure' },
  { says: 'a date made from an argument', file: domain, text: inFunction('return new Date(0);'), rule: null },
  { says: 'a clock that is an argument', file: domain, text: 'export const f = (fetch: () => Date): Date => fetch();\n', rule: null },
];

const longBody = (lines: number): string => `export function f(): void {\n${'  f;\n'.repeat(lines)}}\n`;
const habits: readonly Planted[] = [
  {
    says: 'the environment outside the configuration',
    file: features,
    text: inFunction("return process.env['X'];"),
    rule: 'tandem/environment-at-the-rim',
  },
  {
    says: 'state in a module',
    file: features,
    text: 'let count = 0;\nexport const next = (): number => (count += 1);\n',
    rule: 'tandem/no-module-state',
  },
  {
    says: 'exported state in a module',
    file: host,
    text: 'export let count = 0;\nexport const next = (): number => (count += 1);\n',
    rule: 'tandem/no-module-state',
  },
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

const planted = [...betweenProjects, ...betweenFolders, ...aroundPackages, ...purity, ...habits];

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
