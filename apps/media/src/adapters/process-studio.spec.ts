import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { createLogger } from '@tandem/host';
import { aLatch } from '@tandem/host/testing';
import sharp from 'sharp';
import type { OpenedPicture } from '../domain/studio.js';
import { aBomb, aPhoto, aPicture } from '../spec-pictures.js';
import { processStudio } from './process-studio.js';

const logger = createLogger('studio-spec', 'silent');
/** The compiled one: a process runs what was built. */
const script = join(process.cwd(), 'apps/media/dist/adapters/studio-process.js');

describe('the studio', () => {
  const studio = processStudio({ logger, script });
  afterAll(() => studio.close());

  const open = <T>(file: Uint8Array, work: (opened: OpenedPicture) => Promise<T>) => studio.with(() => Promise.resolve(file), work);
  const looksOf = (file: Uint8Array) => open(file, ({ looks }) => Promise.resolve(looks));

  it('makes a rendition in each format, no wider than asked', async () => {
    const made = await open(await aPicture({ width: 1_000, height: 500 }), async ({ looks, render }) => ({
      looks,
      files: [
        await render({ width: 320, format: 'avif' }),
        await render({ width: 320, format: 'webp' }),
        await render({ width: 1_000, format: 'jpeg' }),
      ],
    }));
    if (!made || 'kind' in made) throw new Error(`it is ${made?.kind}`);
    const facts = await Promise.all(
      made.files.map((file) =>
        sharp(file)
          .metadata()
          .then(({ format, compression, width, height }) => [compression === 'av1' ? 'avif' : format, width, height]),
      ),
    );
    expect(facts).toEqual([
      ['avif', 320, 160],
      ['webp', 320, 160],
      ['jpeg', 1_000, 500],
    ]);
    expect(made.looks).toEqual({
      width: 1_000,
      height: 500,
      blurHash: expect.stringMatching(/^.{28}$/),
      color: expect.stringMatching(/^#[0-9a-f]{6}$/),
    });
  });

  it.each(['jpeg', 'png', 'webp', 'avif', 'gif'] as const)('takes %s', async (format) => {
    expect(await looksOf(await aPicture({ width: 64, height: 48, format }))).toMatchObject({ width: 64, height: 48 });
  });

  it('turns a photograph upright and says nothing of where it was taken', async () => {
    const photo = await aPhoto({ width: 400, height: 300 });
    expect((await sharp(photo).metadata()).exif).toBeDefined();
    const made = await open(photo, async ({ looks, render }) => ({ looks, file: await render({ width: 300, format: 'jpeg' }) }));
    if (!made || 'kind' in made) throw new Error(`it is ${made?.kind}`);
    const { width, height, exif, orientation } = await sharp(made.file).metadata();
    expect([made.looks.width, made.looks.height, width, height, exif, orientation]).toEqual([300, 400, 300, 400, undefined, undefined]);
  });

  it('does not decode a bomb', async () => {
    const bomb = await aBomb(30_000, 10_000);
    expect(bomb.length).toBeLessThan(1_500_000);
    const begun = performance.now();
    expect(await looksOf(bomb)).toEqual({ kind: 'unreadable', because: 'too-many-pixels' });
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  it.each([
    ['a file that was cut off', async () => (await aPicture({ width: 900, height: 900 })).subarray(0, 20_000), 'not-readable'],
    [
      'an SVG',
      () => Promise.resolve(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/passwd"/></svg>')),
      'format-not-accepted',
    ],
    [
      'a TIFF',
      () =>
        sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })
          .tiff()
          .toBuffer(),
      'format-not-accepted',
    ],
    ['noise', () => Promise.resolve(Buffer.alloc(5_000, 7)), 'format-not-accepted'],
  ])('makes nothing of %s', async (_name, file, because) => {
    expect(await looksOf(await file())).toEqual({ kind: 'unreadable', because });
  });

  it('takes one picture at a time, in order', async () => {
    const seen: string[] = [];
    const file = await aPicture({ width: 50, height: 50 });
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        open(file, async ({ render }) => {
          seen.push(`${name} begins`);
          await render({ width: 50, format: 'jpeg' });
          seen.push(`${name} ends`);
        }),
      ),
    );
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('passes on what goes wrong in the work, and goes on with the next', async () => {
    const file = await aPicture({ width: 50, height: 50 });
    await expect(open(file, () => Promise.reject(new Error('the storage is away')))).rejects.toThrow('the storage is away');
    expect(await looksOf(file)).toMatchObject({ width: 50 });
  });
});

describe('a decoder that is out of control', () => {
  afterEach(() => jest.restoreAllMocks());

  const scriptOf = async (text: string) => {
    const folder = await mkdtemp(join(tmpdir(), 'studio-'));
    await writeFile(join(folder, 'studio.mjs'), text);
    return { script: join(folder, 'studio.mjs'), remove: () => rm(folder, { recursive: true }) };
  };
  const outcomeOf = async (text: string, pictureMs: number) => {
    const { script: bad, remove } = await scriptOf(text);
    const studio = processStudio({ logger, script: bad, times: { pictureMs, idleMs: 1_000 } });
    const outcomes = [
      await studio.with(
        () => Promise.resolve(Buffer.from('x')),
        () => Promise.resolve('never'),
      ),
      await studio.with(
        () => Promise.resolve(undefined),
        () => Promise.resolve('never'),
      ),
    ];
    await studio.close();
    await remove();
    return outcomes;
  };

  it('costs its picture when it crashes', async () => {
    expect(await outcomeOf(`process.on('message', () => process.kill(process.pid, 'SIGSEGV'));`, 10_000)).toEqual([
      { kind: 'unreadable', because: 'rendering-crashed' },
      undefined,
    ]);
  });

  it('costs its picture when it never ends', async () => {
    expect(await outcomeOf(`process.on('message', () => { for (;;); });`, 500)).toEqual([
      { kind: 'unreadable', because: 'took-too-long' },
      undefined,
    ]);
  });

  it('is not blamed for the time of whoever stores what it made', async () => {
    const reply = `request.do === 'open' ? { kind: 'opened', looks: { width: 9, height: 9, blurHash: '', color: '' } } : { kind: 'rendered', bytes: Buffer.from('x') }`;
    const { script: quick, remove } = await scriptOf(`process.on('message', (request) => process.send(${reply}));`);
    const pictureMs = 30_000;
    const studio = processStudio({ logger, script: quick, times: { pictureMs, idleMs: 1_000 } });
    const rendition = { width: 9, format: 'webp' } as const;
    const stored = await studio.with(
      () => Promise.resolve(Buffer.from('x')),
      async ({ render }) => {
        await render(rendition);
        const now = performance.now.bind(performance);
        jest.spyOn(performance, 'now').mockImplementation(() => now() + 2 * pictureMs); // the storage
        return String(await render(rendition));
      },
    );
    expect(stored).toBe('x');
    await studio.close();
    await remove();
  });

  it('sees no variable of ours', async () => {
    process.env['SPEC_SECRET'] = 'x';
    const reply = `{ kind: 'opened', looks: { width: Object.keys(process.env).filter((name) => /SECRET|KEY|URL/.test(name)).length, height: 0, blurHash: '', color: '' } }`;
    const { script: honest, remove } = await scriptOf(`process.on('message', () => process.send(${reply}));`);
    const studio = processStudio({ logger, script: honest });
    expect(
      await studio.with(
        () => Promise.resolve(Buffer.from('x')),
        ({ looks }) => Promise.resolve(looks.width),
      ),
    ).toBe(0);
    await studio.close();
    await remove();
    delete process.env['SPEC_SECRET'];
  });

  it('is an error, not a bad picture, when it is us who end it', async () => {
    const { script: slow, remove } = await scriptOf(`process.on('message', () => setInterval(() => undefined, 1000));`);
    const studio = processStudio({ logger, script: slow });
    const loaded = aLatch();
    const asked = studio.with(
      () => {
        loaded.open();
        return Promise.resolve(Buffer.from('x'));
      },
      () => Promise.resolve('never'),
    );
    const seen = asked.then(String, (error: Error) => error.message);
    await loaded.opened;
    await new Promise((resolve) => setImmediate(resolve));
    await studio.close();
    expect(await seen).toBe('the studio was closed');
    await remove();
  });
});
