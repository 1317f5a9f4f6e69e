import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.js';

type Lock = { readonly packages: Readonly<Record<string, { readonly name?: string; readonly hasInstallScript?: boolean }>> };
type Manifest = { readonly allowScripts: Readonly<Record<string, boolean>> };
const read = (file: string): unknown => JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8'));

/** Packages that would run a script when they are installed, by name. */
const withScripts = ({ packages }: Lock): readonly string[] => [
  ...new Set(
    Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path, { name }]) => name ?? path.replace(/^.*node_modules\//, '')),
  ),
];

/** What the list in package.json does not decide about, and what it names without need. */
function unlike(lock: Lock, { allowScripts }: Manifest): { readonly undecided: readonly string[]; readonly unneeded: readonly string[] } {
  const listed = Object.keys(allowScripts);
  const needed = withScripts(lock);
  return { undecided: needed.filter((name) => !listed.includes(name)), unneeded: listed.filter((name) => !needed.includes(name)) };
}

describe('install scripts', () => {
  const lock = read('package-lock.json') as Lock;
  const manifest = read('package.json') as Manifest;

  it('are decided on one by one: allowScripts of package.json names each package of package-lock.json that has one, and no other', () => {
    expect(unlike(lock, manifest)).toEqual({ undecided: [], unneeded: [] });
  });

  it('stop npm ci when they are not', () => {
    expect(readFileSync(join(workspaceRoot, '.npmrc'), 'utf8').split('\n')).toContain('strict-allow-scripts=true');
  });

  it('that come with a new package would be noticed, however deep it lies', () => {
    const more = { packages: { ...lock.packages, 'node_modules/a/node_modules/@evil/miner': { hasInstallScript: true } } };
    expect(unlike(more, { allowScripts: { ...manifest.allowScripts, gone: true } })).toEqual({
      undecided: ['@evil/miner'],
      unneeded: ['gone'],
    });
  });
});
