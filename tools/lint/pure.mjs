import { pathOf } from './where.mjs';

const forbiddenGlobals = [
  'process',
  'fetch',
  'crypto',
  'console',
  'performance',
  'globalThis',
  'require',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'clearTimeout',
  'clearInterval',
];
const forbiddenMembers = { Date: ['now'], Math: ['random'] };

/** Purity of `domain` and `kernel`: the same input gives the same answer, nothing happens outside, nothing is thrown but broken invariants. */
export const pure = {
  meta: { type: 'problem', schema: [], messages: { impure: 'Pure code: {{ what }}.' } },
  create: (context) => {
    const isInvariant = pathOf(context.filename) === 'libs/kernel/src/invariant.ts';
    const report = (node, what) => context.report({ node, messageId: 'impure', data: { what } });
    return {
      'Program:exit': () => {
        // Some globals (`globalThis`) are resolved, to a variable that nothing in the file defines.
        for (const { references } of context.sourceCode.scopeManager.scopes)
          for (const { identifier, resolved } of references)
            if (forbiddenGlobals.includes(identifier.name) && !resolved?.defs.length) report(identifier, `no ${identifier.name}`);
      },
      MemberExpression: (node) => {
        if (node.object.type === 'Identifier' && forbiddenMembers[node.object.name]?.includes(node.property.name))
          report(node, `no ${node.object.name}.${node.property.name}; time and chance are arguments`);
      },
      NewExpression: (node) => {
        if (node.callee.name === 'Date' && node.arguments.length === 0)
          report(node, 'no new Date() without an argument; time is an argument');
      },
      CallExpression: (node) => {
        if (node.callee.name === 'Date') report(node, 'no Date(); time is an argument');
      },
      ThrowStatement: (node) => {
        if (!isInvariant) report(node, 'no throw; expected failure is a value, a broken rule is invariant()');
      },
      ClassDeclaration: (node) => {
        if (node.superClass && !isInvariant) report(node, 'no inheritance');
      },
      ClassExpression: (node) => {
        if (node.superClass) report(node, 'no inheritance');
      },
    };
  },
};
