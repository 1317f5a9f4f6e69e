import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks per second of /proc. Source: proc(5); 100 on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** CPU milliseconds a process and its children have used so far, ended children included. Linux only. */
export function cpuMsOf(pid: number): number {
  const ticks = everyone()
    .filter((stat) => stat.pid === pid || stat.parent === pid)
    .reduce((sum, stat) => sum + stat.ticks, 0);
  return (ticks * 1_000) / ticksPerSecond;
}

/** What processes and all that descend from them have used of the CPU so far, milliseconds, ended children included, and the memory they take together now, MB (proportional set size). Linux only. */
export function usageOf(roots: readonly number[]): { readonly cpuMs: number; readonly pssMb: number } {
  const all = everyone();
  const family = new Set(roots);
  for (let before = -1; before !== family.size;) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  const members = all.filter(({ pid }) => family.has(pid));
  const ticks = members.reduce((sum, stat) => sum + stat.ticks, 0);
  return { cpuMs: (ticks * 1_000) / ticksPerSecond, pssMb: members.reduce((sum, { pid }) => sum + pssMbOf(pid), 0) };
}

type Stat = { readonly pid: number; readonly parent: number; readonly ticks: number };

function everyone(): readonly Stat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== undefined);
}

function statOf(pid: number): Stat | undefined {
  const text = contentOf(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number); // from field 3 (state) on
  const [user = 0, system = 0, userOfChildren = 0, systemOfChildren = 0] = fields.slice(11, 15);
  return { pid, parent: fields[1] ?? 0, ticks: user + system + userOfChildren + systemOfChildren };
}

function pssMbOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(contentOf(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0) / 1024;
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process has ended
  }
}
