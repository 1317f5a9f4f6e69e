import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../command-line.js';
import { Failure } from '../failure.js';
import { workspaceRoot } from '../workspace.js';
import { projectTests, type Step, steps } from './steps.js';

/** The steps that the arguments of `npm test` name, one at least. Throws a `Failure` that says what there is to name. */
export function chosenSteps(args: readonly string[]): readonly Step[] {
  const { values, positionals } = commandLine({
    args: [...args],
    allowPositionals: true,
    options: { only: { type: 'string' }, 'no-e2e': { type: 'boolean', default: false } },
  });
  const folders = positionals.map((folder) => folder.replace(/\/+$/, ''));
  for (const folder of folders) mustHaveTests(folder);
  if (folders.length > 0 && values.only !== undefined)
    throw new Failure('Name folders, or --only a step: both together would leave something out.');
  if (folders.length > 0) return [projectTests(folders)];
  const chosen = steps.filter(({ name }) => name.startsWith(values.only ?? '') && !(values['no-e2e'] && name.startsWith('journeys')));
  if (chosen.length > 0) return chosen;
  throw new Failure(
    `No step is named ${values.only}…${values['no-e2e'] ? ' without the journeys' : ''}: nothing would be run. There are: ${steps.map(({ name }) => name).join(', ')}.`,
  );
}

function mustHaveTests(folder: string): void {
  if (!/^(apps|libs)\/[^/]+$|^tools$/.test(folder) || !existsSync(join(workspaceRoot, folder, 'package.json')))
    throw new Failure(`${folder} is no project of this repository: name its folder, e.g. apps/cart.`);
  if (folder === 'apps/e2e')
    throw new Failure('apps/e2e is tested on a whole system: npm test -- --only journeys, or npm run e2e against one that runs.');
  const source = join(workspaceRoot, folder, 'src');
  if (!existsSync(source) || !readdirSync(source, { recursive: true }).some((file) => String(file).endsWith('.spec.ts')))
    throw new Failure(`${folder} has no tests of its own: nothing would be run.`);
}
