import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.js';

const page = readFileSync(join(workspaceRoot, 'docs/reference/configuration.md'), 'utf8');

/** Variables a configuration schema declares: `NAME: …` and `` [`${upper}_NAME`]: … ``. */
function declaredIn(source: string): readonly string[] {
  const fixed = [...source.matchAll(/\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?=: [a-z]|, TANDEM_MODE: )/g)].map(([, name]) => name ?? '');
  const perService = [...source.matchAll(/`\$\{(?:upper|name\.toUpperCase\(\))\}(_[A-Z_]+)`/g)].map(([, name]) => `<SERVICE>${name}`);
  return [...fixed, ...perService];
}

describe('the reference of the configuration', () => {
  const files = [
    'libs/host/src/config.ts',
    'libs/host/src/peer-url.ts',
    ...readdirSync(join(workspaceRoot, 'apps')).map((app) => `apps/${app}/src/config.ts`),
  ].filter((file) => existsSync(join(workspaceRoot, file)));
  const declared = [...new Set(files.flatMap((file) => declaredIn(readFileSync(join(workspaceRoot, file), 'utf8'))))].sort();

  it('has every variable that a service reads, and no other', () => {
    const listed = [...page.matchAll(/`((?:<SERVICE>_)?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`(?=[,| ])/g)].map(([, name]) => name ?? '');
    const inTables = page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .join('\n');
    expect(declared.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    expect([...new Set(listed)].filter((name) => inTables.includes(`| \`${name}\``) && !declared.includes(name))).toEqual([]);
  });

  it('would miss one that is not on the page', () => {
    expect(declaredIn('z.object({ NEW_SECRET: secret, [`${upper}_LIMIT`]: port })')).toEqual(['NEW_SECRET', '<SERVICE>_LIMIT']);
  });
});
