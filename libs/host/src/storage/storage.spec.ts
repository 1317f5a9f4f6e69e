import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage } from './file-storage.js';
import { storageContract } from './storage.contract.js';
import { contentHash, storageKey } from './storage.js';

const inFolder = async () => {
  const root = await mkdtemp(join(tmpdir(), 'storage-'));
  return { root, storage: fileStorage(root), close: () => rm(root, { recursive: true }) };
};

storageContract('a folder', inFolder);

describe('a folder', () => {
  it('leaves no halves behind', async () => {
    const { root, storage, close } = await inFolder();
    await storage.put(storageKey('a', 'b.pdf'), Buffer.from('x'));
    expect(await readdir(root, { recursive: true })).toEqual(expect.arrayContaining(['half', 'objects/a/b.pdf']));
    expect(await readdir(join(root, 'half'))).toEqual([]);
    await close();
  });

  it('removes what a killed process left half written, but nothing that may still be written', async () => {
    const { root, storage, close } = await inFolder();
    await mkdir(join(root, 'half'));
    for (const name of ['of-yesterday', 'of-now']) await writeFile(join(root, 'half', name), 'x');
    const yesterday = Date.now() / 1_000 - 90_000;
    await utimes(join(root, 'half', 'of-yesterday'), yesterday, yesterday);
    await storage.put(storageKey('a'), Buffer.from('x'));
    expect(await readdir(join(root, 'half'))).toEqual(['of-now']);
    await close();
  });

  it('says that it is away when it cannot be written, rather than that the work is wrong', async () => {
    const { root, close } = await inFolder();
    await writeFile(join(root, 'file'), '');
    await expect(fileStorage(join(root, 'file')).put(storageKey('a'), Buffer.from('x'))).rejects.toMatchObject({
      name: 'Unavailable',
      system: 'storage',
    });
    await close();
  });
});

describe('a key', () => {
  it('is made of plain segments', () => {
    expect(storageKey('document', 'invoice', '0a1b-2.pdf')).toBe('document/invoice/0a1b-2.pdf');
  });

  it.each([
    [['..', 'x']],
    [['a', '../../etc/passwd']],
    [['a', '']],
    [['/a']],
    [['.hidden']],
    [['a\0b']],
    [['A']],
    [['a..b']],
    [['a.']],
    [['ü']],
    [['x'.repeat(201)]],
    [[]],
  ])('cannot be %j', (segments) => {
    expect(() => storageKey(...segments)).toThrow(TypeError);
  });

  it('of content is its SHA-256', () => {
    expect(contentHash(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
