import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newMigration } from './db-new.js';

const schema = (fields: string): string =>
  `datasource db {\n  provider = "postgresql"\n}\n\nmodel Thing {\n  id Int @id\n${fields}\n  @@map("thing")\n}\n`;
const now = new Date('2026-11-21T03:45:06Z');

describe('a new migration', () => {
  let root = '';
  const write = (text: string): Promise<void> => writeFile(join(root, 'prisma/shop/schema.prisma'), text);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tandem-db-new-'));
    await mkdir(join(root, 'prisma/shop'), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is all of the schema the first time, then what changed', async () => {
    await write(schema(''));
    const first = await newMigration({ service: 'shop', name: 'first', now, root });
    expect(first).toBe(join(root, 'prisma/shop/migrations/20261121034506_first/migration.sql'));
    expect(await readFile(first, 'utf8')).toContain('CREATE TABLE "thing"');

    await write(schema('  name String?'));
    const second = await newMigration({ service: 'shop', name: 'second', now, root });
    expect(await readFile(second, 'utf8')).toBe('-- AlterTable\nALTER TABLE "thing" ADD COLUMN     "name" TEXT;\n');
  });

  it('is refused when nothing changed, unless it is asked to be empty', async () => {
    await write(schema(''));
    await newMigration({ service: 'shop', name: 'first', now, root });
    await expect(newMigration({ service: 'shop', name: 'again', now, root })).rejects.toThrow(/has not changed.*--empty/s);
    expect(await readFile(await newMigration({ service: 'shop', name: 'by_hand', now, root, empty: true }), 'utf8')).toBe('');
  });

  it('is refused under a name that is not snake case', async () => {
    await expect(newMigration({ service: 'shop', name: 'Add Name', now, root })).rejects.toThrow('got "Add Name"');
  });
});
