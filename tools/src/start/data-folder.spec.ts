import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './data-folder.js';

describe('a folder that somebody has named', () => {
  let root = '';
  beforeAll(async () => (root = await mkdtemp(join(tmpdir(), 'tandem-folder-'))));
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('is made, with those above it; one that is there stays', async () => {
    const path = join(root, 'a', 'b');
    await makeFolder('--data', path);
    await makeFolder('--data', path);
    expect(existsSync(path)).toBe(true);
  });

  it('is refused by name where there is a file', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    const wants = 'wants a folder that can be made and written to';
    await expect(makeFolder('--data', file)).rejects.toThrow(`--data: got "${file}", ${wants} (EEXIST: file already exists).`);
    const below = join(file, 'x');
    await expect(makeFolder('--data', below)).rejects.toThrow(`--data: got "${below}", ${wants} (ENOTDIR: not a directory).`);
  });
});
