import type { System } from '../system/launch.js';
import { victims } from './plan.js';

export type Killing = { readonly seed: number; readonly kafka: boolean; readonly killEveryMs: number; /** Services that may be killed; default all. */ readonly only?: readonly string[] };
export type Killer = { stop(): Promise<readonly string[]> };

/** Kills a random service with -9 at a fixed pace, and the broker once, until it is stopped; answers whom it killed. */
export function startKiller(system: System, { seed, kafka, killEveryMs, only }: Killing, say: (line: string) => void): Killer {
  const services = only ?? [...system.pids().keys()].filter((name) => !['supervisor', 'postgres', 'kafka'].includes(name)).sort();
  const next = victims(seed, services, kafka);
  const kills: string[] = [];
  const timer = setInterval(() => {
    const victim = next.next().value as string;
    const pid = system.pids().get(victim);
    if (pid === undefined) return; // it is being restarted: dead already
    try {
      process.kill(pid, 'SIGKILL');
      kills.push(victim);
    } catch (error) {
      say(`${victim} (${pid}) was gone already: ${(error as Error).message}`);
    }
  }, killEveryMs);
  return { stop: async () => (clearInterval(timer), kills) };
}
