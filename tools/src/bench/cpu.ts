import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks per second of /proc. Source: proc(5); 100 on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** CPU milliseconds a process and its children have used so far, ended children included. Linux only. */
export function cpuMsOf(pid: number): number {
  const family = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)));
  const ticks = family.filter((stat) => stat?.pid === pid || stat?.parent === pid).reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0);
  return (ticks * 1_000) / ticksPerSecond;
}

function statOf(pid: number): { readonly pid: number; readonly parent: number; readonly ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number); // from field 3 (state) on
    const [user = 0, system = 0, userOfChildren = 0, systemOfChildren = 0] = fields.slice(11, 15);
    return { pid, parent: fields[1] ?? 0, ticks: user + system + userOfChildren + systemOfChildren };
  } catch {
    return undefined; // the process has ended
  }
}
