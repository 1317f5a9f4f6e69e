import { isTest, onImport, pathOf } from './where.mjs';

/** Where the environment is read: at boot (`run.ts` is the main of every service), by the tools, and by tests for the addresses of their servers. */
const mayReadEnvironment = (path) =>
  /\/(config|main)\.ts$/.test(path) ||
  path === 'libs/host/src/run.ts' ||
  path.startsWith('tools/') ||
  path.startsWith('apps/e2e/') ||
  isTest(path);

const named = (node, name) => node?.name === name || node?.value === name;

/** `process`, also as `globalThis.process`. */
const isProcess = (node) =>
  node?.type === 'MemberExpression' ? named(node.object, 'globalThis') && named(node.property, 'process') : named(node, 'process');

/** Configuration is parsed once at boot and passed on as values. `process` under another name would hide who reads it. */
export const environmentAtTheRim = {
  meta: { type: 'problem', schema: [], messages: { env: 'process.env is read in config.ts and main.ts alone.' } },
  create: (context) => {
    if (mayReadEnvironment(pathOf(context.filename))) return {};
    const report = (node) => context.report({ node, messageId: 'env' });
    return {
      ...onImport((node, specifier) => /^(node:)?process$/.test(specifier) && report(node)),
      MemberExpression: (node) => isProcess(node.object) && named(node.property, 'env') && report(node),
      ':matches(VariableDeclarator, AssignmentExpression)': (node) => {
        const [to, from] = node.type === 'VariableDeclarator' ? [node.id, node.init] : [node.left, node.right];
        const isWhole = to.type !== 'ObjectPattern' || to.properties.some((each) => each.type === 'RestElement' || named(each.key, 'env'));
        if (isProcess(from) && isWhole) report(node);
      },
    };
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
