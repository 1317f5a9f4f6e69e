import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc. Source: proc(5); 100 on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** These processes and all their descendants that are alive. Linux only. */
export function processTree(roots: Iterable<number>): readonly number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => parentOf(Number(name))),
  );
  const tree = new Set(roots);
  for (let before = -1; before !== tree.size;) {
    before = tree.size;
    for (const [pid, parent] of parents) if (tree.has(parent)) tree.add(pid);
  }
  return [...tree].filter((pid) => parents.has(pid));
}

/** CPU milliseconds these processes have used, children that ended included; a process that ended meanwhile counts nothing. */
export function cpuMs(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + (statOf(pid)?.cpuMs ?? 0), 0);
}

/** Proportional set size in MB: shared pages are shared out, so the sum over processes is what they take together. */
export function pssMb(pids: readonly number[]): number {
  return rolledUpMb(pids, /^Pss:\s+(\d+) kB/m);
}

/** Resident set size in MB, shared pages included. */
export function rssMb(pids: readonly number[]): number {
  return rolledUpMb(pids, /^Rss:\s+(\d+) kB/m);
}

function rolledUpMb(pids: readonly number[], line: RegExp): number {
  const kilobytes = pids.map((pid) => Number(line.exec(contentOf(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0));
  return kilobytes.reduce((total, kb) => total + kb, 0) / 1024;
}

/** Whether the process is there and has not ended; one that ended and that nobody has asked about yet has ended. */
export function isRunning(pid: number): boolean {
  const text = contentOf(`/proc/${pid}/stat`);
  return text !== undefined && text[text.lastIndexOf(')') + 2] !== 'Z';
}

/** What a process was started with. Source: proc(5), `/proc/pid/environ`; Linux only. */
export function environmentOf(pid: number): NodeJS.ProcessEnv {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .filter(Boolean)
    .map((entry) => entry.split(/=([^]*)/) as [string, string]);
  return Object.fromEntries(entries.map(([name, value]) => [name, value]));
}

function parentOf(pid: number): readonly (readonly [number, number])[] {
  const stat = statOf(pid);
  return stat ? [[pid, stat.parent]] : [];
}

function statOf(pid: number): { parent: number; cpuMs: number } | undefined {
  const text = contentOf(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number); // from field 3 (state) on
  const [user = 0, system = 0, userOfChildren = 0, systemOfChildren = 0] = fields.slice(11, 15);
  return { parent: fields[1] ?? 0, cpuMs: ((user + system + userOfChildren + systemOfChildren) * 1_000) / ticksPerSecond };
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process has ended
  }
}
