import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { connections } from './tools/lint/connections.mjs';
import { environmentAtTheRim, everyTestRuns } from './tools/lint/habits.mjs';
import { imports, sessionOf } from './tools/lint/imports.mjs';
import { noModuleState } from './tools/lint/module-state.mjs';
import { outside } from './tools/lint/outside.mjs';
import { pure } from './tools/lint/pure.mjs';

/** Which kinds of project may import which. Anything not named here is refused. Every line is proved by a planted violation. */
const libs = ['type:contracts', 'type:kernel', 'type:messaging', 'type:host'];
const boundaries = [
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: libs },
  { sourceTag: 'type:composition', onlyDependOnLibsWithTags: [...libs, 'type:app'] },
  { sourceTag: 'type:host', onlyDependOnLibsWithTags: ['type:contracts', 'type:kernel', 'type:messaging'] },
  { sourceTag: 'type:messaging', onlyDependOnLibsWithTags: ['type:contracts', 'type:kernel'] },
  { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: ['type:kernel'] },
  { sourceTag: 'type:kernel', notDependOnLibsWithTags: ['*'] },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:contracts', 'type:kernel'] },
  { sourceTag: 'type:tools', onlyDependOnLibsWithTags: [...libs, 'type:composition'] },
];

const tests = ['**/*.spec.ts', '**/*.contract.ts', '**/spec-*.ts', '**/testing/**/*.ts'];

/** What a process notes about a request or its metadata, which one application alone sees, until they are gone. */
const notes = [
  'libs/host/src/grpc/rpc.ts#callers',
  'apps/storefront/src/features/edge/call.ts#admissions',
  'apps/storefront/src/features/edge/request-id.ts#ids',
];

const withDetail = '> Property[key.name="detail"], > SpreadElement';
const bareRefusal = {
  selector: `NewExpression[callee.name="Refusal"][arguments.length<2], NewExpression[callee.name="Refusal"] > ObjectExpression:not(:has(${withDetail}))`,
  message: 'A refusal says what it is about: give it a detail.',
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/gen/**',
      '.nx/**',
      '.tandem/**',
      '**/*.mjs',
      '**/*.cjs',
      '**/*.js',
      'prisma.config.ts',
    ],
  },
  {
    files: ['{apps,libs,tools}/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: {
      '@typescript-eslint': tseslint.plugin,
      '@nx': nx,
      tandem: {
        rules: {
          imports,
          'session-of': sessionOf,
          outside,
          connections,
          pure,
          'environment-at-the-rim': environmentAtTheRim,
          'no-module-state': noModuleState,
          'every-test-runs': everyTestRuns,
        },
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { depConstraints: boundaries, allow: [], enforceBuildableLibDependency: false }],
      'tandem/imports': 'error',
      'tandem/session-of': 'error',
      'tandem/outside': 'error',
      'tandem/connections': 'error',
      'tandem/environment-at-the-rim': 'error',
      'tandem/no-module-state': ['error', { notes }],
      'tandem/every-test-runs': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', 60],
      'max-params': ['error', 5],
      'prefer-const': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['apps/*/src/domain/**/*.ts', 'libs/kernel/src/**/*.ts'], ignores: tests, rules: { 'tandem/pure': 'error' } },
  // What a caller is told names the thing, the limit or the next step. A 404 of the rooms that are not in the second list is named by its path, at the edge.
  { files: ['apps/*/src/**/*.ts'], ignores: tests, rules: { 'no-restricted-syntax': ['error', bareRefusal] } },
  {
    files: ['apps/{catalog,customer,inventory,loyalty,media,notification,payment,shipping,webhook}/src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-syntax': [
        'error',
        bareRefusal,
        { selector: 'CallExpression[callee.name="notFound"][arguments.length=0]', message: 'Say what there is not: `noSuch(kind, id)`.' },
      ],
    },
  },
  // The journeys read JSON of a system they only know by HTTP; what is in it is what they assert.
  { files: ['apps/e2e/src/**/*.ts'], rules: { '@typescript-eslint/no-explicit-any': 'off' } },
  { files: tests, rules: { 'max-lines': ['error', 500], 'max-lines-per-function': 'off' } },
);
