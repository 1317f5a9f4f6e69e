import { randomBytes } from 'node:crypto';
import { freePort } from '../processes.js';
import { succeeds } from '../testing/command.js';
import { runJourneys } from '../testing/journeys.js';
import { containersOf, docker } from './containers.js';
import { type Seen, limitOf, memoryBudgetMiB, wrongWith } from './verdict.js';

const published = ['STOREFRONT_PORT', 'SANDBOX_PORT', 'POSTGRES_PORT', 'KAFKA_PORT', 'MAILPIT_PORT'] as const;
type Ports = Readonly<Record<(typeof published)[number], string>>;

/**
 * Builds the image, brings the whole compose file up beside whatever else runs (a project and ports of its own), walks all journeys on it, stops it
 * and removes it with its data. Prints the memory of every container; answers what is wrong. Throws a `Failure` where there is no Docker.
 */
export async function checkCompose(): Promise<readonly string[]> {
  await docker(['compose', 'version']);
  const project = `tandem-check-${randomBytes(3).toString('hex')}`;
  const ports = Object.fromEntries(await Promise.all(published.map(async (name) => [name, String(await freePort())]))) as Ports;
  const env = { ...process.env, ...ports };
  const compose = (...args: readonly string[]): Promise<boolean> => succeeds('docker', ['compose', '-p', project, ...args], env);
  if (!(await compose('build'))) return ['the image was not built (above)'];
  try {
    const before = Date.now();
    if (!(await compose('up', '--wait', '--no-build'))) return ['not everything became healthy (above)', ...(await logsOf(project))];
    const healthyMs = Date.now() - before;
    const seen = await look(project, ports);
    await compose('stop');
    const wrong = wrongWith({ ...seen, healthyMs, stopped: await containersOf(project) });
    console.log(report(healthyMs, seen));
    return wrong;
  } finally {
    await compose('down', '--volumes');
  }
}

async function look(project: string, ports: Ports): Promise<Omit<Seen, 'healthyMs' | 'stopped'>> {
  const at = (port: string): string => `http://127.0.0.1:${port}`;
  const target = { storefrontUrl: at(ports.STOREFRONT_PORT), sandboxUrl: at(ports.SANDBOX_PORT) };
  const journeysPassed = await runJourneys(target, process.env);
  const answer = await fetch(`${at(ports.MAILPIT_PORT)}/api/v1/messages?limit=1`);
  const { total } = (await answer.json()) as { readonly total: number };
  return { journeysPassed, copies: total, running: await containersOf(project) };
}

function report(healthyMs: number, { running, copies }: Pick<Seen, 'running' | 'copies'>): string {
  const staying = running.filter(({ usedMiB }) => usedMiB > 0);
  const used = staying.reduce((sum, { usedMiB }) => sum + usedMiB, 0);
  return [
    '| container | MiB after the journeys | limit |',
    '|---|---|---|',
    ...staying.map(({ service, usedMiB, limitMiB }) => `| ${service} | ${usedMiB.toFixed(0)} | ${limitMiB} |`),
    `| all | ${used.toFixed(0)} | ${limitOf(running)} of ${memoryBudgetMiB} |`,
    `healthy after ${(healthyMs / 1000).toFixed(1)} s, ${copies} mails in Mailpit`,
  ].join('\n');
}

/** The last words of whatever is not well. */
async function logsOf(project: string): Promise<readonly string[]> {
  const failed = (await docker(['compose', '-p', project, 'ps', '-a', '--format', '{{.Service}} {{.State}} {{.Health}}']))
    .split('\n')
    .filter((line) => /unhealthy|starting|restarting|exited/.test(line) && !line.startsWith('migrate '));
  return Promise.all(
    failed.map(
      async (line) =>
        `${line}\n${await docker(['compose', '-p', project, 'logs', '--no-color', '--tail', '12', line.split(' ')[0] ?? ''])}`,
    ),
  );
}
