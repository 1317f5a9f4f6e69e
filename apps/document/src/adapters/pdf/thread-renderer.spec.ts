import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createLogger } from '@tandem/host';
import { eventually } from '@tandem/host/testing';
import type { Renderer } from '../../domain/ports.js';
import { aLine, amountIn, anOrder, seller } from '../../domain/testing/orders.js';
import { aStorageFolder, builtThread, textOf } from '../../spec-documents.js';
import { threadRenderer } from './thread-renderer.js';

const logger = createLogger('document-spec', 'silent');
const document = (change: Parameters<typeof anOrder>[0] = {}, number = 'INV-2026-000017') => ({
  number,
  facts: { kind: 'invoice', seller, order: anOrder(change) } as const,
});

describe('drawing in a thread', () => {
  let renderer: Renderer;
  beforeAll(() => void (renderer = threadRenderer({ logger, deadlineMs: 10_000, entry: builtThread })));
  afterAll(() => renderer.close());

  const drawn = async (asked: Parameters<Renderer['render']>[0]): Promise<Uint8Array> => {
    const rendering = await renderer.render(asked);
    if (rendering.kind !== 'rendered') throw new Error(rendering.detail);
    return rendering.pdf;
  };
  const pagesOf = (pdf: Uint8Array): number => Number(/\/Count (\d+)/.exec(Buffer.from(pdf).toString('latin1'))?.[1]);

  it('gives the same bytes for the same facts, in any thread and at any time', async () => {
    const other = threadRenderer({ logger, deadlineMs: 10_000, entry: builtThread });
    const [first, second, elsewhere] = [await drawn(document()), await drawn(document()), await other.render(document())];
    await other.close();
    expect(Buffer.from(first).equals(second)).toBe(true);
    expect(elsewhere.kind === 'rendered' && Buffer.from(first).equals(elsewhere.pdf)).toBe(true);
    expect(Buffer.from(first).subarray(0, 8).toString()).toBe('%PDF-1.7');
  });

  it.each([
    ['de', 'EUR', 'Rechnung', '24,89\u00a0€'],
    ['en', 'BHD', 'Invoice', 'BHD\u00a02.489'],
    ['fr', 'EUR', 'Facture', '24,89\u00a0€'],
  ] as const)('writes an invoice in %s and %s', async (locale, currency, title, total) => {
    const text = textOf(await drawn(document({ locale, currency })));
    expect([title, 'INV-2026-000017', total, 'Zoë Müller'].filter((wanted) => !text.includes(wanted))).toEqual([]);
  });

  it('goes on over the page with 60 lines and long titles, every line on it once', async () => {
    const lines = Array.from({ length: 60 }, (_, index) =>
      aLine({ sku: `SKU-${index}.`, title: index % 7 === 0 ? 'Porcelain '.repeat(18) : 'X'.repeat(index === 5 ? 190 : 10) }),
    );
    const pdf = await drawn(document({ lines }));
    const text = textOf(pdf);
    expect(pagesOf(pdf)).toBeGreaterThan(2);
    expect(lines.filter(({ sku }) => text.split(sku).length !== 2)).toEqual([]);
    expect(text).toContain(`Page ${pagesOf(pdf)} of ${pagesOf(pdf)}`);
  });

  it('says what is wrong with facts that cannot be drawn, and draws the next', async () => {
    const broken = document({ lines: [{ ...aLine(), unitPrice: { amount: 1.5, currency: 'EUR' } }] });
    expect(await renderer.render(broken)).toMatchObject({ kind: 'not-rendered', because: 'rendering-failed' });
    expect(textOf(await drawn(document({ shipping: amountIn('EUR')(77) })))).toContain('0.77');
  });

  it('draws what is asked at once one after the other', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => drawn(document({}, `INV-2026-${index}.`))));
    expect(all.filter((pdf, index) => !textOf(pdf).includes(`INV-2026-${index}.`))).toEqual([]);
  });
});

describe('a thread that misbehaves', () => {
  let folder: Awaited<ReturnType<typeof aStorageFolder>>;
  beforeAll(async () => void (folder = await aStorageFolder()));
  afterAll(() => folder.remove());

  /** Obeys the number of the document. */
  const program = `import { existsSync, writeFileSync } from 'node:fs';
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id, number }) => {
      if (number === 'hang') for (;;) {}
      if (number === 'crash') throw new Error('out of paper');
      if (number === 'later') { process.on('exit', () => writeFileSync(new URL('gone', import.meta.url), '')); setTimeout(() => { throw new Error('afterwards'); }, 1); }
      if (number === 'leave') process.exit(3);
      if (number === 'once' && !existsSync(new URL('once', import.meta.url))) { writeFileSync(new URL('once', import.meta.url), ''); process.exit(3); }
      if (number === 'hoard') { const all = []; for (;;) all.push(new Array(1e5).fill({})); }
      parentPort.postMessage({ id, pdf: new Uint8Array([id]) });
    });`;

  const entryOf = async () => {
    const path = join(folder.path, 'thread.mjs');
    await writeFile(path, program);
    return pathToFileURL(path);
  };
  const outcomesOf = async (renderer: Renderer, numbers: readonly string[]) =>
    (await Promise.all(numbers.map((number) => renderer.render(document({}, number))))).map((rendering) =>
      rendering.kind === 'rendered' ? 'rendered' : rendering.because,
    );

  it('costs the document that hangs, after a deadline, and no other', async () => {
    const renderer = threadRenderer({ logger, deadlineMs: 2_000, entry: await entryOf() });
    expect(await outcomesOf(renderer, ['fine', 'hang', 'fine'])).toEqual(['rendered', 'rendering-timed-out', 'rendered']);
    await renderer.close();
  });

  it('costs the document that ends it, and no other', async () => {
    const renderer = threadRenderer({ logger, deadlineMs: 30_000, entry: await entryOf() });
    const crashed = 'rendering-crashed';
    expect(await outcomesOf(renderer, ['crash', 'fine', 'leave', 'fine', 'hoard', 'fine'])).toEqual([
      crashed,
      'rendered',
      crashed,
      'rendered',
      crashed,
      'rendered',
    ]);
    expect((await renderer.render(document({}, 'once'))).kind).toBe('rendered'); // by a second thread
    expect((await renderer.render(document({}, 'later'))).kind).toBe('rendered');
    await eventually(
      () => Promise.resolve(existsSync(join(folder.path, 'gone'))),
      (isGone) => isGone,
    ); // it ends while nobody waits
    await eventually(
      async () => (await renderer.render(document({}, 'fine'))).kind,
      (kind) => kind === 'rendered',
    );
    await renderer.close();
  });
});
