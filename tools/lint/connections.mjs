import { isTest, onImport, pathOf } from './where.mjs';

/** What opens a connection, by package. Types, and what only names things (`status`, `Metadata`), may be used wherever the package may. */
const opening = {
  pg: /^(\*|default|Client|Pool|native)$/,
  '@grpc/grpc-js': /^(\*|default|Client|credentials|make(Generic)?ClientConstructor|loadPackageDefinition)$/,
};

/** Where connections are made: beneath the crash points of transactions, of the log and of calls, or, last in the list, for what nothing is decided by. */
const makers = {
  pg: [
    'libs/host/src/database.ts',
    'libs/messaging/src/adapters/postgres/',
    'libs/messaging/src/publishing/relay-session.ts',
    'libs/host/src/live/pg-growth-channel.ts', // hears that something has grown
  ],
  '@grpc/grpc-js': [
    'libs/host/src/grpc/peer.ts',
    'libs/host/src/grpc/neighbours.ts',
    'apps/storefront/src/adapters/grpc-live-feed.ts', // hears that something has grown
  ],
};

/** Whoever asks a connection itself, past the wrapper of transactions: those who make them, and the question whether the database is there. */
const askers = [...makers.pg, 'libs/host/src/readiness.ts'];

const drivesFromOutside = (path) => isTest(path) || path.startsWith('apps/e2e/') || path.startsWith('tools/');
const stands = (path, places) => places.some((place) => path === place || (place.endsWith('/') && path.startsWith(place)));

/** The names an import takes from its package. */
function taken(node) {
  if (node.type === 'ImportExpression' || node.type === 'ExportAllDeclaration') return node.exportKind === 'type' ? [] : ['*'];
  if (node.importKind === 'type' || node.exportKind === 'type') return [];
  return (node.specifiers ?? [])
    .filter((each) => each.importKind !== 'type' && each.exportKind !== 'type')
    .map((each) => ({ ImportNamespaceSpecifier: '*', ImportDefaultSpecifier: 'default' })[each.type] ?? (each.imported ?? each.local).name);
}

/** True for a connection or a pool of `pg`, not for one that a transaction has lent. */
function isConnection(services, node) {
  const type = services.getTypeAtLocation(node);
  return (type.isUnion() ? type.types : [type]).some(
    ({ symbol }) =>
      ['Pool', 'Client'].includes(symbol?.name) &&
      symbol.declarations?.some((each) => /\/pg\/|\/@types\/pg\//.test(each.getSourceFile().fileName)),
  );
}

/** Crash points sit in one wrapper in each way out (decision 29), so no connection is made, and none is asked, past them. */
export const connections = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      made: 'Fence: connections by {{ name }} are made in {{ where }} alone, beneath the crash points.',
      asked: 'Fence: ask the database by `host.database`, not by its pool: crash points stand there.',
    },
  },
  create: (context) => {
    const path = pathOf(context.filename);
    if (drivesFromOutside(path)) return {};
    const { parserServices: services } = context.sourceCode;
    return {
      ...onImport((node, name) => {
        if (opening[name] === undefined || stands(path, makers[name])) return;
        if (taken(node).some((each) => opening[name].test(each)))
          context.report({ node, messageId: 'made', data: { name, where: makers[name].join(', ') } });
      }),
      'CallExpression > MemberExpression.callee': (node) => {
        if (!['query', 'connect'].includes(node.property.name) || stands(path, askers)) return;
        if (services?.program && isConnection(services, node.object)) context.report({ node, messageId: 'asked' });
      },
    };
  },
};
