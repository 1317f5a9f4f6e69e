import { isTest, pathOf } from './where.mjs';

/** Where the environment is read: at boot (`run.ts` is the main of every service), by the tools, and by tests for the addresses of their servers. */
const mayReadEnvironment = (path) =>
  /\/(config|main)\.ts$/.test(path) ||
  path === 'libs/host/src/run.ts' ||
  path.startsWith('tools/') ||
  path.startsWith('apps/e2e/') ||
  isTest(path);

/** Configuration is parsed once at boot and passed on as values. */
export const environmentAtTheRim = {
  meta: { type: 'problem', schema: [], messages: { env: 'process.env is read in config.ts and main.ts alone.' } },
  create: (context) =>
    mayReadEnvironment(pathOf(context.filename))
      ? {}
      : {
          MemberExpression: (node) => {
            if (node.object.name === 'process' && (node.property.name === 'env' || node.property.value === 'env'))
              context.report({ node, messageId: 'env' });
          },
        },
};

/** State of a module is shared by every application of the process. Tests are not composed. */
export const noModuleState = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { state: 'No state in a module: several applications share it. Keep it in what is composed.' },
  },
  create: (context) =>
    isTest(pathOf(context.filename))
      ? {}
      : {
          'Program > VariableDeclaration[kind!="const"], Program > ExportNamedDeclaration > VariableDeclaration[kind!="const"]': (node) =>
            context.report({ node, messageId: 'state' }),
        },
};

const focusing = ['fit', 'fdescribe', 'xit', 'xtest', 'xdescribe'];

const isChosen = (node) => node !== null && (['ConditionalExpression', 'IfStatement'].includes(node.type) || isChosen(node.parent));

/** Every test runs. What cannot run here is left out by a condition (`hasKafka ? describe : describe.skip`, or an `if`), which says why. */
export const everyTestRuns = {
  meta: { type: 'problem', schema: [], messages: { runs: 'Every test runs: no {{ what }}.' } },
  create: (context) => ({
    MemberExpression: (node) => {
      if (!['it', 'test', 'describe'].includes(node.object.name) || !['only', 'skip', 'todo'].includes(node.property.name)) return;
      if (node.property.name !== 'only' && isChosen(node.parent)) return;
      context.report({ node, messageId: 'runs', data: { what: `${node.object.name}.${node.property.name}` } });
    },
    CallExpression: (node) => {
      if (focusing.includes(node.callee.name)) context.report({ node, messageId: 'runs', data: { what: node.callee.name } });
    },
  }),
};
