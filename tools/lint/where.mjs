import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file's path from the root of the repository, with `/`. */
export const pathOf = (file) => relative(root, file).split(sep).join('/');

/** A test, or what only tests use: a file `spec-….ts`, or anything in a folder `testing`. */
export const isTest = (path) => /\.(spec|contract)\.ts$|\/spec-[^/]*\.ts$|\/testing\//.test(path);

/** Where a file stands: its project (`apps/order`), its folder in an app (`domain`, `features`, `adapters`, `gen`; else `rim`), or `lib`. */
export function zoneOf(path) {
  const [kind, name, src, folder, ...rest] = path.split('/');
  const project = kind === 'tools' ? 'tools' : `${kind}/${name}`;
  if (kind !== 'apps') return { project, zone: kind === 'tools' ? 'tools' : 'lib' };
  const isFolder = src === 'src' && rest.length > 0 && ['domain', 'features', 'adapters', 'gen'].includes(folder);
  return { project, zone: isFolder ? folder : 'rim' };
}

/** What an import in `file` names: a package, or a path from the root. */
export function targetOf(file, specifier) {
  if (!specifier.startsWith('.')) return { package: specifier };
  return { path: pathOf(resolve(dirname(file), specifier)) };
}

/** Visits every static, dynamic and re-exporting import with its specifier. */
export function onImport(visit) {
  const withSource = (node) => node.source?.type === 'Literal' && visit(node, String(node.source.value));
  return {
    ImportDeclaration: withSource,
    ExportNamedDeclaration: withSource,
    ExportAllDeclaration: withSource,
    ImportExpression: withSource,
  };
}
