import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.js';

type Manifest = { readonly scripts: { readonly sbom: string }; readonly dependencies: Readonly<Record<string, string>> };
type Bom = {
  readonly bomFormat: string;
  readonly components: readonly { readonly name: string; readonly group?: string; readonly version: string; readonly purl: string }[];
};

describe('npm run sbom', () => {
  it('writes CycloneDX that names every package the services stand on, at its version', () => {
    const { scripts, dependencies } = JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8')) as Manifest;
    const folder = mkdtempSync(join(tmpdir(), 'tandem-sbom-'));
    const file = join(folder, 'sbom.json');
    const command = scripts.sbom.replace(/ > sbom\.json$/, ` > "${file}"`);
    const { status, stderr } = spawnSync(command, { cwd: workspaceRoot, shell: true, encoding: 'utf8', timeout: 60_000 });
    expect({ command, status, stderr }).toMatchObject({ command: expect.stringContaining(file) as unknown, status: 0 });
    const { bomFormat, components } = JSON.parse(readFileSync(file, 'utf8')) as Bom;
    rmSync(folder, { recursive: true });
    expect(bomFormat).toBe('CycloneDX');
    const named = components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`);
    expect(Object.entries(dependencies).filter(([name, version]) => !named.includes(`${name}@${version}`))).toEqual([]);
    expect(components.filter(({ purl }) => !purl.startsWith('pkg:npm/'))).toEqual([]);
  });
});
