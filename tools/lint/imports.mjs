import { isTest, onImport, pathOf, targetOf, zoneOf } from './where.mjs';

/** What tests may use anywhere. */
const testPackages = /^(@jest\/globals|fast-check)$/;

/** Folders of an app that a folder may reach, beside itself. The rim (main, module, config) composes, so it reaches everything. */
const reaches = { domain: [], features: ['domain'], adapters: ['domain', 'gen'] };

const isDatabasePackage = (name) => /^(pg|pg-.*|@prisma\/.*)$/.test(name);
const mayUseDatabase = (path, { zone, project }) =>
  zone === 'adapters' || zone === 'gen' || zone === 'tools' || project === 'libs/host' || project === 'libs/messaging';
/** `apps/e2e` reads a topic past the services it holds to account. */
const mayUseKafka = (path) => path.startsWith('libs/messaging/src/adapters/kafka/') || path.startsWith('apps/e2e/src/adapters/');

/** Why an import breaks a fence; undefined when it does not. */
function breach(path, target) {
  const from = zoneOf(path);
  if (target.package !== undefined) return packageBreach(path, from, target.package);
  const to = zoneOf(target.path);
  if (to.project !== from.project || !(from.zone in reaches) || to.zone === from.zone) return undefined;
  if (isTest(path) && mayTest(from.zone, to.zone, target.path)) return undefined;
  return reaches[from.zone].includes(to.zone)
    ? undefined
    : `${from.zone} may not import ${to.zone === 'rim' ? 'the rim of the app' : to.zone}`;
}

/** A use case is tested on its real adapters; what only tests use may stand at the rim. Pure code is tested with pure code. */
const mayTest = (from, to, path) =>
  (from === 'features' && to === 'adapters') || (to === 'rim' && isTest(`${path.replace(/\.js$/, '')}.ts`));

function packageBreach(path, from, name) {
  if (name === 'kafkajs' && !mayUseKafka(path)) return 'kafkajs is used in libs/messaging/src/adapters/kafka and by the journeys alone';
  if (isDatabasePackage(name) && !mayUseDatabase(path, from) && !isTest(path))
    return `${name} is used in adapters, libs/host and libs/messaging alone`;
  const isPure = from.zone === 'domain' || from.project === 'libs/kernel';
  if (!isPure || (isTest(path) && testPackages.test(name))) return undefined;
  return from.zone === 'domain' && name === '@tandem/kernel'
    ? undefined
    : `pure code imports ${from.zone === 'domain' ? 'the kernel' : 'nothing'}, not ${name}`;
}

/** The fences between the folders of an app, and around the packages that do I/O. */
export const imports = {
  meta: { type: 'problem', schema: [], messages: { fence: 'Fence: {{ why }}.' } },
  create: (context) =>
    onImport((node, specifier) => {
      const why = breach(pathOf(context.filename), targetOf(context.filename, specifier));
      if (why) context.report({ node, messageId: 'fence', data: { why } });
    }),
};

/** `sessionOf` opens a transaction: only adapters and the libraries that run transactions look inside. */
export const sessionOf = {
  meta: { type: 'problem', schema: [], messages: { fence: 'Fence: sessionOf is called in adapters, libs/host and libs/messaging alone.' } },
  create: (context) => {
    const path = pathOf(context.filename);
    const { zone, project } = zoneOf(path);
    if (zone === 'adapters' || ['libs/host', 'libs/messaging', 'libs/kernel'].includes(project) || isTest(path)) return {};
    return {
      ImportSpecifier: (node) => {
        if (node.imported.name === 'sessionOf') context.report({ node, messageId: 'fence' });
      },
    };
  },
};
