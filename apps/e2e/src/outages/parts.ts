import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { untilFinal } from '../client/insist.js';
import { expecting } from '../client/shopper.js';
import type { Stand } from '../system/on-system.js';
import { outageOf } from '../system/outage.js';

/** Something no checkout waits for. `begin` takes it away and answers what brings it back. */
export type Part = { readonly name: string; begin(): Promise<() => Promise<void>> };

/** Mail, parcels, storage and documents of a split system. */
export function partsOf({ sandbox, system, dataDir }: Stand): readonly Part[] {
  const faulty = (target: 'smtp' | 'carrier'): Part => {
    const set = async (down: boolean) =>
      void expecting(200, await untilFinal(`the faults of ${target}`, () => sandbox('PUT', '/faults', { body: { [target]: { down } } })));
    return { name: target, begin: async () => (await set(true), () => set(false)) };
  };
  return [
    faulty('smtp'),
    faulty('carrier'),
    { name: 'storage', begin: () => Promise.resolve(unmounted(join(dataDir, 'storage'))) },
    {
      name: 'document',
      begin: async () => {
        const outage = await outageOf(system, 'document');
        return () => Promise.resolve(outage.end());
      },
    },
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
