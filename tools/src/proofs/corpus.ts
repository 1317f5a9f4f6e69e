import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { events } from '@tandem/contracts';
import { type EventLog, type NewRecord, kafkaEventLog, postgresEventLog } from '@tandem/messaging';
import { startPostgres } from '../postgres.js';
import { startSystem } from '../testing/system-under-test.js';
import { workspaceRoot } from '../workspace.js';
import { type Scenario, checks } from './scenario.js';

/** Every shape of every event that was ever published, as its records: consecutive in their keys, as the relay writes them. */
function corpusRecords(): readonly NewRecord[] {
  const corpus = JSON.parse(readFileSync(join(workspaceRoot, 'libs/contracts/corpus.json'), 'utf8')) as Readonly<
    Record<string, readonly unknown[]>
  >;
  const last = new Map<string, number>();
  return events.flatMap(({ type, topic, key }) =>
    (corpus[type] ?? []).map((data) => {
      const place = `${topic}/${key(data)}`;
      last.set(place, (last.get(place) ?? 0) + 1);
      const id = randomUUID().replace(/^(.{14})./, '$17'); // consumers keep it as a UUIDv7
      const headers = {
        ce_specversion: '1.0',
        ce_id: id,
        ce_type: type,
        ce_source: '/tandem/corpus',
        ce_time: new Date().toISOString(),
        ce_sequence: String(last.get(place)),
      };
      return { topic, key: key(data), headers, value: JSON.stringify(data) };
    }),
  );
}

/** The log of a running system, from the outside. */
async function logOf(dataDir: string, isKafka: boolean): Promise<EventLog> {
  const { ports } = JSON.parse(readFileSync(join(dataDir, 'run/ports.json'), 'utf8')) as {
    readonly ports: Readonly<Record<string, number>>;
  };
  if (isKafka) return kafkaEventLog({ brokers: [`127.0.0.1:${ports['kafka']}`] });
  const url = new URL((await startPostgres({ dataDir: join(dataDir, 'postgres') })).url); // takes over the one that runs
  url.pathname = '/tandem_log';
  return postgresEventLog({ connectionString: url.href });
}

type Consumers = { readonly data: readonly { readonly lag: number }[] };
type Letters = { readonly data: readonly { readonly group: string; readonly type: string; readonly reason: string }[] };

/** Asks the operations API as staff. */
async function staffOf(storefrontUrl: string): Promise<<T>(path: string) => Promise<T>> {
  const body = JSON.stringify({ email: 'staff@tandem.example', password: 'tandem-staff-demo' });
  const login = await fetch(`${storefrontUrl}/v1/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { accessToken } = (await login.json()) as { readonly accessToken: string };
  return async <T>(path: string) =>
    (await (await fetch(storefrontUrl + path, { headers: { authorization: `Bearer ${accessToken}` } })).json()) as T;
}

export const goldenCorpus: Scenario = {
  name: 'golden-corpus',
  must: 'every shape of every event ever published, through every consumer of a running system: 0 set aside',
  logs: ['postgres', 'kafka'],
  inCi: ['postgres', 'kafka'],
  async run({ logKind }) {
    const isKafka = logKind === 'kafka';
    const system = await startSystem(isKafka ? ['--kafka'] : [], process.env);
    try {
      const log = await logOf(system.dataDir, isKafka);
      const records = corpusRecords();
      await log.publish(records);
      const ask = await staffOf(system.storefrontUrl);
      const deadline = performance.now() + 30_000;
      let isDone = false;
      while (!isDone && performance.now() < deadline) {
        await sleep(500);
        const { data } = await ask<Consumers>('/ops/v1/consumers');
        isDone = data.length > 0 && data.every(({ lag }) => lag === 0);
      }
      const { data: aside } = await ask<Letters>('/ops/v1/dead-letters?limit=100');
      await log.close();
      const { faults, expect } = checks();
      expect(isDone, 'a consumer is still behind');
      for (const { group, type, reason } of aside) expect(false, `${group} has set ${type} aside: ${reason}`);
      return { figure: `${records.length} shapes of ${events.length} events, ${aside.length} set aside`, faults };
    } finally {
      await system.stop();
    }
  },
};
