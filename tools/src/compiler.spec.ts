import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.js';

const compiler = join(workspaceRoot, 'node_modules/typescript7/bin/tsc');
type Config = { readonly extends?: string; readonly compilerOptions: Readonly<Record<string, unknown>> };

/** What the compiler says of a text under the options of every project, and under some instead. */
function compile(text: string, instead: Readonly<Record<string, unknown>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-compiler-'));
  const compilerOptions = { noEmit: true, composite: false, incremental: false, types: [], ...instead };
  writeFileSync(join(folder, 'x.ts'), text);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(workspaceRoot, 'tsconfig.base.json'), compilerOptions, files: ['x.ts'] }),
  );
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return stdout + stderr;
}

describe('the compiler', () => {
  const caught: readonly (readonly [string, string, string])[] = [
    ['strict', 'export const f = (x) => x;\n', 'TS7006'],
    ['noUncheckedIndexedAccess', 'export const f = (texts: readonly string[]): string => texts[0];\n', 'TS2322'],
    ['exactOptionalPropertyTypes', 'export const x: { readonly a?: string } = { a: undefined };\n', 'TS2375'],
  ];

  it.each(caught)('refuses what %s refuses, and nothing else would', (option, text, code) => {
    expect(compile(text)).toContain(code);
    expect(compile(text, { strictNullChecks: true, [option]: false })).toBe('');
    const base = JSON.parse(readFileSync(join(workspaceRoot, 'tsconfig.base.json'), 'utf8')) as Config;
    expect(base.compilerOptions[option]).toBe(true); // said, though a compiler may take it for granted
  });

  it('allows what is right', () => {
    expect(compile('export const f = (texts: readonly string[]): number | undefined => texts[0]?.length;\n')).toBe('');
  });

  it('is set once: no project has options of its own but folders', () => {
    const projects = ['apps', 'libs'].flatMap((folder) => readdirSync(join(workspaceRoot, folder)).map((name) => join(folder, name)));
    for (const project of [...projects, 'tools']) {
      const config = JSON.parse(readFileSync(join(workspaceRoot, project, 'tsconfig.json'), 'utf8')) as Config;
      expect({ project, ...config }).toMatchObject({ extends: expect.stringMatching(/^(\.\.\/)+tsconfig\.base\.json$/) as unknown });
      expect([
        project,
        Object.keys(config.compilerOptions).filter((name) => !['rootDir', 'outDir', 'tsBuildInfoFile'].includes(name)),
      ]).toEqual([project, []]);
    }
  });
});
