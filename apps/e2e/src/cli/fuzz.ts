import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { commandLineOfStart } from '../system/command-line.js';
import { conclude } from '../system/conclude.js';
import { onSystem } from '../system/on-system.js';
import { workspaceRoot } from '../system/workspace.js';

/**
 * `npm run fuzz -- [--examples 15] [--seed 1] [-- options of npm start]`: Schemathesis makes requests of the OpenAPI description, good ones and broken ones, for every operation of a running
 * system, as staff; no answer is a 5xx, and none is of a status, type or shape that is not described. Needs Python ≥ 3.10 and installs `tools/requirements.txt` into `.tandem/`. About a minute.
 */
const { values, startOptions } = commandLineOfStart({ examples: 15, seed: 1 });
const environment = join(workspaceRoot, '.tandem/schemathesis');
const checks = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_schema_conformance'];

install();
const shown = { generated: 0, operations: 0 };
const wrong = await onSystem(startOptions, async ({ system, clerk, wrong: found }) => {
  const { code, lines } = await schemathesis(system.storefrontUrl, clerk.token);
  const counted = (pattern: RegExp): number => Number(pattern.exec(lines.join('\n'))?.[1] ?? 0);
  Object.assign(shown, { generated: counted(/(\d+) generated/), operations: counted(/Tested: +(\d+)/) });
  if (shown.operations === 0 || shown.generated < shown.operations) found.push('hardly a request was made');
  if (code !== 0) found.push(`Schemathesis ended with ${code}: its report is above`);
});
conclude(
  `seed ${values.seed}: ${shown.generated} requests to ${shown.operations} operations, ${wrong.length === 0 ? '0 × 5xx, 0 answers that are not described' : 'see the report'}; ${wrong.length} wrong`,
  wrong,
);

/** Once; again after `tools/requirements.txt` has changed it is enough to remove the folder. */
function install(): void {
  if (existsSync(join(environment, 'bin/st'))) return;
  try {
    execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
    execFileSync(join(environment, 'bin/pip'), ['install', '--quiet', '-r', join(workspaceRoot, 'tools/requirements.txt')], {
      stdio: 'inherit',
    });
  } catch (error) {
    console.error(
      `Schemathesis cannot be installed: ${(error as Error).message}. It needs Python ≥ 3.10 with venv (Debian: apt-get install python3-venv).`,
    );
    process.exit(2);
  }
}

async function schemathesis(url: string, token: string): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const options = ['--phases', 'examples,coverage,fuzzing', '--max-examples', String(values.examples), '--seed', String(values.seed)];
  const child = spawn(
    join(environment, 'bin/st'),
    [
      'run',
      `${url}/openapi.json`,
      '--url',
      url,
      '-H',
      `Authorization: Bearer ${token}`,
      '--checks',
      checks.join(','),
      ...options,
      '--continue-on-failure',
      '--warnings',
      'off',
    ],
    { cwd: environment, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => (lines.push(line), console.log(line)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines };
}
