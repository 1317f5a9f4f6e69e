import { createHash } from 'node:crypto';
import pg from 'pg';
import { withDatabase } from '../spec-server.js';
import { applyMigrations } from './apply.js';
import type { Migration, Room } from './plan.js';

const migration = (name: string, sql: string, room: Room = 'prisma'): Migration => ({
  room,
  name,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
});

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client
    .query(sql)
    .then((result) => result.rows)
    .finally(() => client.end());
}

const tables = "SELECT tablename FROM pg_tables WHERE tablename IN ('a', 'b') ORDER BY 1";

describe('applying migrations', () => {
  it('applies each once, in order, whoever asks at the same time', () =>
    withDatabase(async (url) => {
      const all = [migration('1', 'CREATE TABLE a (id int)', 'platform'), migration('2', 'ALTER TABLE a ADD b int')];
      const counts = await Promise.all([applyMigrations(url, all), applyMigrations(url, all), applyMigrations(url, all)]);
      expect(counts.sort()).toEqual([0, 0, 2]);
      expect(
        await rows(url, 'SELECT migration_name, applied_steps_count, finished_at IS NOT NULL AS finished FROM _prisma_migrations'),
      ).toEqual([{ migration_name: '2', applied_steps_count: 1, finished: true }]);
      expect(await rows(url, 'SELECT room, name FROM migrations.applied')).toEqual([{ room: 'platform', name: '1' }]);
    }));

  it('leaves nothing of a file that fails, names it with its line, and keeps those before it', () =>
    withDatabase(async (url) => {
      const all = [migration('1', 'CREATE TABLE a (id int)'), migration('2', 'CREATE TABLE b (id int);\nSELEKT 1')];
      await expect(applyMigrations(url, all)).rejects.toThrow(/prisma\/2 does not run on test_.*SELEKT.*\(line 2\)/);
      expect(await rows(url, tables)).toEqual([{ tablename: 'a' }]);
    }));

  it('refuses a file that was changed after it had been applied', () =>
    withDatabase(async (url) => {
      await applyMigrations(url, [migration('1', 'CREATE TABLE a (id int)')]);
      const changed = [migration('1', 'CREATE TABLE a (id bigint)'), migration('2', 'CREATE TABLE b (id int)')];
      await expect(applyMigrations(url, changed)).rejects.toThrow(/prisma\/1 was changed after it had been applied/);
      expect(await rows(url, tables)).toEqual([{ tablename: 'a' }]);
    }));
});
