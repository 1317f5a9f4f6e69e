import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Failure } from '../failure.js';
import { workspaceRoot } from '../workspace.js';

const exec = promisify(execFile);

/** What a container of the project did with its life. */
export type Container = {
  readonly service: string;
  readonly image: string;
  /** Mebibytes in use, without the cache of files; 0 of one that has ended. */
  readonly usedMiB: number;
  readonly limitMiB: number;
  /** How often Docker had to start it again. */
  readonly restarts: number;
  readonly outOfMemory: boolean;
  readonly exitCode: number;
};

type Inspected = {
  readonly Id: string;
  readonly RestartCount: number;
  readonly State: { readonly OOMKilled: boolean; readonly ExitCode: number };
  readonly HostConfig: { readonly Memory: number };
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> };
};

const mebibyte = 1024 * 1024;

/** Standard output of `docker …`. Throws a `Failure` with what Docker said. */
export async function docker(args: readonly string[], env: Readonly<Record<string, string | undefined>> = process.env): Promise<string> {
  try {
    return (await exec('docker', [...args], { cwd: workspaceRoot, env: { ...env }, maxBuffer: 64 * mebibyte })).stdout;
  } catch (error) {
    throw new Failure(`docker ${args.join(' ')}: ${((error as { stderr?: string }).stderr || String(error)).trim()}`);
  }
}

/** Every container of a Compose project, those that have ended too, by service. */
export async function containersOf(project: string): Promise<readonly Container[]> {
  const ids = (await docker(['ps', '-aq', '--no-trunc', '--filter', `label=com.docker.compose.project=${project}`]))
    .split('\n')
    .filter(Boolean);
  const inspected = JSON.parse(await docker(['inspect', ...ids])) as readonly Inspected[];
  const used = await memoryOf(ids);
  return inspected
    .map(({ Id, RestartCount, State, HostConfig, Config }) => ({
      service: Config.Labels['com.docker.compose.service'] ?? '',
      image: Config.Image,
      usedMiB: used.get(Id) ?? 0,
      limitMiB: HostConfig.Memory / mebibyte,
      restarts: RestartCount,
      outOfMemory: State.OOMKilled,
      exitCode: State.ExitCode,
    }))
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** Mebibytes by the id of the container, as `docker stats` has it. */
async function memoryOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const lines = (await docker(['stats', '--no-stream', '--no-trunc', '--format', '{{.ID}} {{.MemUsage}}', ...ids]))
    .split('\n')
    .filter(Boolean);
  return new Map(lines.map((line) => [line.split(' ')[0] ?? '', mebibytesOf(line.split(' ')[1] ?? '')]));
}

/** `93.5MiB` is 93.5, `1.2GiB` 1228.8, `512KiB` 0.5, `0B` 0. */
export function mebibytesOf(size: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)(B|KiB|MiB|GiB)$/.exec(size) ?? [];
  const units: Readonly<Record<string, number>> = { B: 1 / mebibyte, KiB: 1 / 1024, MiB: 1, GiB: 1024 };
  const factor = units[unit];
  if (factor === undefined) throw new Error(`docker stats said "${size}", wants a number and B, KiB, MiB or GiB`);
  return Number(number) * factor;
}
