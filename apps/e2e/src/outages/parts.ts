import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { untilFinal } from '../client/insist.js';
import { expecting } from '../client/shopper.js';
import type { Stand } from '../system/on-system.js';
import { outageOf, pidOf } from '../system/outage.js';

/** What can be away. `kafka-hung`: it takes connections and does not answer. */
export const partNames = ['smtp', 'carrier', 'storage', 'document', 'kafka', 'kafka-hung'] as const;
export type PartName = (typeof partNames)[number];

/** Something no checkout waits for. `begin` takes it away and answers what brings it back. */
export type Part = { readonly name: PartName; begin(): Promise<() => Promise<void>> };

/** Mail, parcels, storage and documents of a split system, and its event log where that is Kafka. */
export function partsOf({ sandbox, system, dataDir }: Stand): readonly Part[] {
  const killed = (name: 'document' | 'kafka'): Part => ({
    name,
    begin: async () => {
      const outage = await outageOf(system, name);
      return () => Promise.resolve(outage.end());
    },
  });
  const hung: Part = {
    name: 'kafka-hung',
    begin: () => {
      const pid = pidOf(system, 'kafka');
      process.kill(pid, 'SIGSTOP');
      return Promise.resolve(() => Promise.resolve(void process.kill(pid, 'SIGCONT')));
    },
  };
  const faulty = (target: 'smtp' | 'carrier'): Part => {
    const set = async (down: boolean) =>
      void expecting(200, await untilFinal(`the faults of ${target}`, () => sandbox('PUT', '/faults', { body: { [target]: { down } } })));
    return { name: target, begin: async () => (await set(true), () => set(false)) };
  };
  return [
    faulty('smtp'),
    faulty('carrier'),
    { name: 'storage', begin: () => Promise.resolve(unmounted(join(dataDir, 'storage'))) },
    killed('document'),
    ...(system.pids().has('kafka') ? [killed('kafka'), hung] : []),
  ];
}

/** A file stands where the storage's folder was, so that reading and writing fail as they do on a disk that is gone (ENOTDIR). */
function unmounted(folder: string): () => Promise<void> {
  mkdirSync(folder, { recursive: true });
  renameSync(folder, `${folder}.away`);
  writeFileSync(folder, '');
  return () => {
    rmSync(folder);
    renameSync(`${folder}.away`, folder);
    return Promise.resolve();
  };
}
