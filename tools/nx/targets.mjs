import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * An Nx plugin: gives every project its targets by what lies in its folder, so that no project repeats them. `tools/test.mjs` runs them.
 * The journeys of e2e need a running system and are no target.
 */
export const name = 'tandem-targets';

const common = ['{workspaceRoot}/package-lock.json', '{workspaceRoot}/tsconfig.base.json'];
const jest = 'node --no-warnings --experimental-vm-modules node_modules/jest/bin/jest.js';

const hasFile = (folder, end) =>
  existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => file.endsWith(end) && !file.includes('node_modules'));

function lint(project) {
  return {
    command: `node node_modules/eslint/bin/eslint.js --max-warnings 0 ${project}`,
    cache: true,
    inputs: ['default', '^default', '{workspaceRoot}/eslint.config.mjs', '{workspaceRoot}/tools/lint/**', ...common],
    options: { cwd: '{workspaceRoot}' },
  };
}

/** Everything in one process: the types are loaded once, so on a fresh clone it takes a third of what project by project takes. */
const lintWorkspace = {
  command:
    'node node_modules/prettier/bin/prettier.cjs --log-level warn --check . && node node_modules/eslint/bin/eslint.js --max-warnings 0 apps libs tools',
  cache: true,
  inputs: ['{workspaceRoot}/{apps,libs,tools}/**/*', '{workspaceRoot}/{.prettierrc.json,.prettierignore,.gitignore,*.mjs,*.ts}', ...common],
  options: { cwd: '{workspaceRoot}' },
};

/** The journeys on a system of their own: whatever any part of the system reads is their input. */
function journeys(runtime) {
  const report = `reports/jest/journeys-${runtime}.json`;
  return {
    command: `node tools/run.mjs journeys ${runtime}`,
    cache: true,
    inputs: [...wholeSystem, '{workspaceRoot}/jest.config.mjs', ...common],
    outputs: [`{workspaceRoot}/${report}`],
    options: { cwd: '{workspaceRoot}' },
  };
}

/** The claims in their short forms, with servers and processes of their own: those about delivery stand on the libraries, the others on whatever any part of the system reads. */
function proofs(subject, inputs) {
  const report = `reports/jest/proofs-${subject}.json`;
  return {
    command: `node tools/run.mjs proofs --ci ${subject}`,
    cache: true,
    inputs: [...inputs, { env: 'TANDEM_TEST_KAFKA' }, ...common],
    outputs: [`{workspaceRoot}/${report}`],
    options: { cwd: '{workspaceRoot}' },
  };
}
const wholeSystem = ['{workspaceRoot}/{apps,libs,tools,prisma}/**/*'];
const proofTargets = {
  'proofs-delivery': proofs('delivery', [
    '{workspaceRoot}/libs/{messaging,kernel,contracts,host}/**/*',
    '{workspaceRoot}/tools/src/{proofs,kafka,java,postgres,migrations}/**/*',
    '{workspaceRoot}/tools/src/*.ts',
  ]),
  'proofs-system': proofs('system', wholeSystem),
};

/** Services whose tests run the real sandbox as a process: its sources, those of what it stands on, and its migrations decide their result. */
const besideSandbox = ['apps/payment', 'apps/shipping', 'apps/notification'];
const sandbox = ['apps/sandbox/**/*', 'prisma/sandbox/**', 'libs/*/src/**/*', 'libs/*/migrations/**', 'libs/contracts/proto/**'];

/** What a project's tests read outside its own folder: a service its migrations, the tools all there is to check. */
function beside(project) {
  const paths = project.startsWith('apps/') ? [`prisma/${project.slice('apps/'.length)}/**`] : [];
  if (besideSandbox.includes(project)) paths.push(...sandbox);
  if (project === 'tools')
    paths.push(
      'prisma/**',
      '*.{mjs,json,yaml,yml}',
      '.npmrc',
      'apps/*/package.json',
      'libs/*/package.json',
      'apps/*/src/**',
      'docs/reference/**',
      'deploy/prometheus/**',
      'libs/*/{src,migrations}/**',
    );
  if (project === 'libs/messaging') paths.push('deploy/prometheus/**');
  return paths.map((path) => `{workspaceRoot}/${path}`);
}

/** Which of the servers of a test run were there: without one its tests do not run, and a result is another. */
const servers = (project) => ['TANDEM_TEST_KAFKA', ...(project === 'libs/host' ? ['TANDEM_TEST_S3'] : [])].map((env) => ({ env }));

/** Counts are read from the report, which the cache brings back with the result. */
function test(project) {
  const report = `reports/jest/${project.replaceAll('/', '-')}.json`;
  return {
    command: `${jest} --runInBand --json --outputFile=${report} --testLocationInResults=false ${project}/src`,
    cache: true,
    inputs: ['default', '^default', '{workspaceRoot}/jest.config.mjs', ...beside(project), ...servers(project), ...common],
    outputs: [`{workspaceRoot}/${report}`],
    options: { cwd: '{workspaceRoot}' },
  };
}

function targetsOf(project, root) {
  const source = join(root, project, 'src');
  const targets = { lint: lint(project) };
  if (project === 'tools') Object.assign(targets, { 'lint-workspace': lintWorkspace, ...proofTargets });
  if (project === 'apps/e2e') for (const runtime of ['one-process', 'split-kafka']) targets[`journeys-${runtime}`] = journeys(runtime);
  if (project !== 'apps/e2e' && hasFile(source, '.spec.ts')) targets.test = test(project);
  return targets;
}

export const createNodesV2 = [
  '{apps/*,libs/*,tools}/package.json',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const project = dirname(file);
      return [file, { projects: { [project]: { targets: targetsOf(project, workspaceRoot) } } }];
    }),
];
