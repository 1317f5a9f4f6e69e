import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import type { Environment } from '../migrations/databases.js';
import { freePort } from '../processes.js';
import { claimPort } from './claim.js';

/** Ports by name: `storefront`, `sandbox`, `smtp`, `postgres`, `kafka`, `kafka-controller`, `order.grpc`, `order-2.http`, … */
export type Ports = Readonly<Record<string, number>>;

/** The two that people know by heart: taken exactly, or the start fails and says so. */
const fixed = { storefront: { variable: 'STOREFRONT_PORT', usual: 3000 }, sandbox: { variable: 'SANDBOX_PORT', usual: 3100 } } as const;

/** Gives way when it is busy. */
const usualMailPort = 2525;

/**
 * A port for each name: first those that were asked for by number, so that none of them is given as something else. Those of the last run are kept
 * while they are free; `postgres` is not asked for when a server of it still runs. They are this process's while it lives: another system that
 * starts at the same moment gets others.
 */
export async function assignPorts(names: readonly string[], previous: Ports, env: Environment): Promise<Ports> {
  refuseOneTwice(env);
  const assigned: Record<string, number> = {};
  for (const [name, { variable, usual }] of Object.entries(fixed)) {
    const wanted = givenPort(variable, env) ?? usual;
    if (wanted !== 0) assigned[name] = await exactly(wanted, name, variable);
  }
  const mail = givenPort('SANDBOX_SMTP_PORT', env);
  if (mail) assigned['smtp'] = await preferredPort(mail);
  const preferred: Ports = { ...(mail === undefined ? { smtp: usualMailPort } : {}), ...previous };
  for (const name of [...Object.keys(fixed), 'smtp', ...names]) assigned[name] ??= await preferredPort(preferred[name]);
  return assigned;
}

/** Two of one port would fail only where the second one listens. A mail port that nobody asked for gives way. */
function refuseOneTwice(env: Environment): void {
  const wanted = [
    ...Object.values(fixed).map(({ variable, usual }) => [variable, givenPort(variable, env) ?? usual] as const),
    ['SANDBOX_SMTP_PORT', givenPort('SANDBOX_SMTP_PORT', env) ?? 0] as const,
  ];
  for (const [index, [variable, port]] of wanted.entries()) {
    const [other] = wanted.slice(0, index).find(([, earlier]) => port !== 0 && port === earlier) ?? [];
    if (other) throw new Failure(`${other} and ${variable} are both ${port}; they want two ports. 0 takes a free one.`);
  }
}

async function exactly(port: number, name: string, variable: string): Promise<number> {
  if (await claimPort(port)) return port;
  throw new Failure(
    `Port ${port} for the ${name} is in use by another program.\n` +
      `End that program, or choose another port: ${variable}=0 npm start takes a free one. If it is a Tandem with other data: npm run stop -- --data <its folder>.`,
  );
}

/** The port that a variable holds; undefined when it is not set. */
function givenPort(variable: string, env: Environment): number | undefined {
  const given = env[variable];
  if (given === undefined || given === '') return undefined;
  if (!/^\d{1,5}$/.test(given) || Number(given) > 65_535) throw new Failure(`${variable}: got "${given}", wants a port, 0 to 65535.`);
  return Number(given);
}

async function preferredPort(wanted: number | undefined): Promise<number> {
  if (wanted && (await claimPort(wanted))) return wanted;
  for (let tries = 0; tries < 100; tries += 1) {
    const port = await freePort();
    if (await claimPort(port)) return port;
  }
  throw new Error('no port of 127.0.0.1 can be held');
}

const fileIn = (runFolder: string): string => join(runFolder, 'ports.json');

export async function previousPorts(runFolder: string): Promise<Ports> {
  if (!existsSync(fileIn(runFolder))) return {};
  return (JSON.parse(await readFile(fileIn(runFolder), 'utf8')) as { readonly ports: Ports }).ports;
}

/** Where others find the system: its ports, and the addresses a person would type. */
export async function writePorts(runFolder: string, ports: Ports): Promise<void> {
  await mkdir(runFolder, { recursive: true });
  const content = { storefrontUrl: `http://127.0.0.1:${ports['storefront']}`, sandboxUrl: `http://127.0.0.1:${ports['sandbox']}`, ports };
  await writeFile(`${fileIn(runFolder)}.new`, `${JSON.stringify(content, null, 2)}\n`);
  await rename(`${fileIn(runFolder)}.new`, fileIn(runFolder));
}
