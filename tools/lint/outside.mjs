import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTest, onImport, pathOf, root, targetOf, zoneOf } from './where.mjs';

/** Packages that talk to somebody who is not one of us. Types of them may be named anywhere. */
const wires = /^(undici|nodemailer|stripe|@aws-sdk\/.*|(node:)?(http|https|http2|net|tls|dgram))$/;
/** Of these modules, what opens nothing. */
const harmless = new Set(['BlockList', 'isIP', 'isIPv4', 'isIPv6', 'STATUS_CODES']);
const hasWires = new RegExp(`^import (?!type ).*from '(${wires.source.slice(2, -2)})'`, 'm');

/** Whoever is the outside world, or drives the system from there. */
const isOutside = (path) => isTest(path) || path.startsWith('apps/sandbox/') || path.startsWith('apps/e2e/') || path.startsWith('tools/');
const mayTalk = (path) => {
  const { zone, project } = zoneOf(path);
  return isOutside(path) || zone === 'adapters' || project === 'libs/host' || project === 'libs/messaging';
};

const opensSomething = (node) =>
  node.type === 'ImportExpression' ||
  (node.importKind !== 'type' &&
    node.exportKind !== 'type' &&
    (node.specifiers ?? []).some((each) => each.importKind !== 'type' && !harmless.has(each.imported?.name)));

const isGlobal = (context, identifier) =>
  !context.sourceCode.getScope(identifier).references.some((each) => each.identifier === identifier && each.resolved?.defs.length > 0);

/** The names an import binds: `import { a } from …`, `const { a } = await import(…)`. */
function boundBy(node) {
  if (node.type !== 'ImportExpression')
    return (node.specifiers ?? []).filter((each) => each.importKind !== 'type').map((each) => each.local.name);
  const declared = node.parent?.type === 'AwaitExpression' ? node.parent.parent : undefined;
  return declared?.id?.type === 'ObjectPattern' ? declared.id.properties.map((each) => each.value.name) : [];
}

/** True for an adapter of an app whose text imports one of the wires. */
function talks(path) {
  if (zoneOf(path).zone !== 'adapters') return false;
  const text = readFileSync(join(root, path.replace(/\.js$/, '.ts')), 'utf8');
  return text
    .split('\n')
    .some((line) => hasWires.test(line) && !/^import \{ (type [^,}]+,? ?|BlockList,? ?|isIP\w*,? ?|STATUS_CODES,? ?)+\}/.test(line));
}

/**
 * Crash points stand where a process reaches out. For what is not one of us that is `host.outside(…)`, so: the wires are held by adapters alone, and where an app is
 * composed, an adapter that holds one is made within `outside(…)`.
 */
export const outside = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      wire: 'Fence: {{ name }} is used in adapters alone.',
      unwrapped: "Fence: {{ name }} talks to the outside: make it within host.outside('…', …).",
    },
  },
  create: (context) => {
    const path = pathOf(context.filename);
    if (isOutside(path)) return {};
    const talking = new Set();
    const isRim = path.startsWith('apps/') && zoneOf(path).zone === 'rim';
    return {
      ...onImport((node, specifier) => {
        if (wires.test(specifier) && !mayTalk(path) && opensSomething(node))
          context.report({ node, messageId: 'wire', data: { name: specifier } });
        const target = targetOf(context.filename, specifier);
        if (isRim && target.path !== undefined && talks(target.path)) for (const name of boundBy(node)) talking.add(name);
      }),
      CallExpression: (node) => {
        if (node.callee.name === 'fetch' && !mayTalk(path) && isGlobal(context, node.callee))
          context.report({ node, messageId: 'wire', data: { name: 'fetch' } });
        if (!talking.has(node.callee.name)) return;
        const around = node.parent?.type === 'CallExpression' ? (node.parent.callee.name ?? node.parent.callee.property?.name) : undefined;
        if (around !== 'outside') context.report({ node, messageId: 'unwrapped', data: { name: node.callee.name } });
      },
    };
  },
};
