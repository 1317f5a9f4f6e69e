import { until } from '../client/until.js';
import type { System } from '../system/launch.js';
import { crash } from '../system/outage.js';
import { type ServerName, victims } from './plan.js';

export type Killing = {
  readonly seed: number;
  readonly killEveryMs: number;
  /** Servers that are killed now and then. */
  readonly servers: readonly ServerName[];
  /** Services that may be killed; default all. */
  readonly only?: readonly string[];
};
export type Killer = {
  /** Once each server has had its first turn: a few visits may end before. Answers all who were killed. */
  stop(): Promise<readonly string[]>;
};

/** By then PostgreSQL has had its turn again, should it have been on its way up the first time. */
const mostTurns = 40;

/** Kills a random service with -9 at a fixed pace, and the servers in their turn, until it is stopped. */
export function startKiller(system: System, { seed, killEveryMs, servers, only }: Killing, say: (line: string) => void): Killer {
  const services = only ?? [...system.pids().keys()].filter((name) => !['supervisor', 'postgres', 'kafka'].includes(name)).sort();
  const next = victims(seed, services, servers);
  const kills: string[] = [];
  const timer = setInterval(() => {
    const victim = next.next().value as string;
    const pid = system.pids().get(victim);
    if (pid === undefined) return; // it is being restarted: dead already
    try {
      crash(victim, pid);
      kills.push(victim);
    } catch (error) {
      say(`${victim} (${pid}) was gone already: ${(error as Error).message}`);
    }
  }, killEveryMs);
  const isEachServerKilled = async (): Promise<boolean> => servers.every((server) => kills.includes(server));
  return {
    async stop() {
      await until('the end of each server', isEachServerKilled, mostTurns * killEveryMs).catch((error: Error) => say(error.message));
      clearInterval(timer);
      return kills;
    },
  };
}
