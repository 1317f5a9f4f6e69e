import { scenarios } from './all.js';
import { type Kept, proofsPage } from './results.js';

const must = scenarios.find(({ name }) => name === 'media-workers')?.must ?? '';
const kept = (changes: Partial<Kept>): Kept => ({
  name: 'media-workers',
  must,
  log: 'postgres',
  scale: 'full',
  seed: 1,
  date: '2026-01-02',
  machine: 'M',
  seconds: 1,
  figure: 'two make × 1.40',
  faults: [],
  ...changes,
});
const rowsOf = (all: readonly Kept[]): string[] =>
  proofsPage(all)
    .split('\n')
    .filter((row) => row.startsWith('| `media-workers`'))
    .map((row) => row.split(' | ').slice(3).join(' | '));

describe('the page of proofs', () => {
  it('shows the larger of two sizes, and what does not hold as such', () => {
    expect(rowsOf([kept({ figure: 'two make × 1.10', faults: ['two workers make × 1.10'] })])).toEqual([
      '**does not hold** two make × 1.10: two workers make × 1.10 | full | 1 | 2026-01-02 |',
    ]);
    expect(rowsOf([kept({ scale: 'short', figure: 'two make × 0.60' }), kept({})])).toEqual(['two make × 1.40 | full | 1 | 2026-01-02 |']);
  });

  it('tells which machine a row is of, where there are several', () => {
    const all = [kept({ machine: 'M' }), kept({ machine: 'N', seed: 2 })];
    expect(rowsOf(all)).toEqual(['two make × 1.40 | full | 1 | 2026-01-02 (1) |', 'two make × 1.40 | full | 2 | 2026-01-02 (2) |']);
    expect(proofsPage(all)).toContain('Machines, by the number behind the date: (1) M; (2) N.');
    expect(proofsPage([kept({})])).toContain('Machine: M.');
  });

  it('puts a figure beside the claim that it was run for, and says that what the claim has become was not run yet', () => {
    const page = proofsPage([kept({ must: 'two make ≥ 1.1 × as many' })]);
    expect(page).toContain('| `media-workers` | as it was claimed then: two make ≥ 1.1 × as many | postgres | two make × 1.40 |');
    expect(page).toContain(`| \`media-workers\` | ${must} | postgres | not run yet |`);
  });

  it('tells the first five things that were wrong, one line each', () => {
    const faults = ['a\n    at stack', 'b | c', ...'defg'];
    expect(rowsOf([kept({ faults })])[0]).toContain('**does not hold** two make × 1.40: a; b \\| c; d; e; f; 1 more | full');
  });

  it('says "not run yet" of a claim whose only run had its aim switched off', () => {
    expect(rowsOf([kept({ scale: 'short', figure: 'two make × 0.60' })])).toEqual(['not run yet | | | |']);
  });
});
