import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames, workspaceRoot } from './workspace.js';

const read = (file: string): string => readFileSync(join(workspaceRoot, file), 'utf8');
const projects = [
  ...['apps', 'libs'].flatMap((folder) => readdirSync(join(workspaceRoot, folder)).map((name) => `${folder}/${name}`)),
  'tools',
];

/** The tag of a project, by its folder. */
function tagOf(project: string): string {
  const special: Readonly<Record<string, string>> = { 'apps/all': 'type:composition', 'apps/e2e': 'type:e2e', tools: 'type:tools' };
  return special[project] ?? (project.startsWith('apps/') ? 'type:app' : `type:${project.slice('libs/'.length)}`);
}

describe('every project', () => {
  type Manifest = {
    readonly name: string;
    readonly exports?: Readonly<Record<string, object>>;
    readonly nx?: { readonly tags?: string[] };
  };

  it.each(projects)('has a name, exports and the one tag of its kind, or the boundaries would not see it: %s', (project) => {
    const { name, exports, nx } = JSON.parse(read(`${project}/package.json`)) as Manifest;
    expect({ name, exports: Object.keys(exports ?? {}), tags: nx?.tags }).toEqual({
      name: `@tandem/${project.replace(/^.*\//, '')}`,
      exports: expect.arrayContaining(['.']) as unknown,
      tags: [tagOf(project)],
    });
  });

  it('has a tag that the boundaries know, and they know no other', () => {
    const known = [...read('eslint.config.mjs').matchAll(/sourceTag: '([^']+)'/g)].map(([, tag]) => tag);
    expect([...new Set(projects.map(tagOf))].sort()).toEqual(known.sort());
  });
});

/** Where a service has to be named, by file (docs/how-to/add-a-service.md): what it says there. `sandbox` and `storefront` are not operated by the storefront. */
const places: Readonly<Record<string, (name: string) => RegExp>> = {
  'apps/all/src/services.ts': (name) => new RegExp(`^  ${name},$`, 'm'),
  'apps/all/tsconfig.json': (name) => new RegExp(`"\\.\\./\\.\\./apps/${name}"`),
  'docker-compose.yml': (name) => new RegExp(`^  ${name}:[^]*?"apps/${name}/dist/main\\.js"`, 'm'),
  'apps/storefront/src/domain/services.ts': (name) => new RegExp(`^  '${name}',$`, 'm'),
};
const notOperated = ['sandbox', 'storefront'];

/** What is left to do for these services to take part. */
function forgotten(names: readonly string[]): readonly string[] {
  return names.flatMap((name) =>
    Object.entries(places)
      .filter(([file]) => !(file.startsWith('apps/storefront/') && notOperated.includes(name)))
      .filter(([file, says]) => !says(name).test(read(file)))
      .map(([file]) => `${file} does not name ${name} (docs/how-to/add-a-service.md)`),
  );
}

describe('every service', () => {
  it('is named wherever a service has to be', () => {
    expect(forgotten(serviceNames())).toEqual([]);
  });

  it('is what every folder of apps is, beside the composition and the journeys, and has a main', () => {
    const folders = readdirSync(join(workspaceRoot, 'apps')).filter((name) => !['all', 'e2e'].includes(name));
    expect(serviceNames()).toEqual(folders.sort());
    expect(folders.filter((name) => !existsSync(join(workspaceRoot, 'apps', name, 'src/main.ts')))).toEqual([]);
  });

  it('that is new would be told what is left to do', () => {
    expect(forgotten(['gift'])).toEqual([
      'apps/all/src/services.ts does not name gift (docs/how-to/add-a-service.md)',
      'apps/all/tsconfig.json does not name gift (docs/how-to/add-a-service.md)',
      'docker-compose.yml does not name gift (docs/how-to/add-a-service.md)',
      'apps/storefront/src/domain/services.ts does not name gift (docs/how-to/add-a-service.md)',
    ]);
  });
});
