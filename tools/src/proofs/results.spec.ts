import { type Kept, proofsPage } from './results.js';

const kept = (changes: Partial<Kept>): Kept => ({
  name: 'media-workers',
  must: 'two make more',
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
      '**does not hold** two make × 1.10 | full | 1 | 2026-01-02 |',
    ]);
    expect(rowsOf([kept({ scale: 'short', figure: 'two make × 0.60' }), kept({})])).toEqual(['two make × 1.40 | full | 1 | 2026-01-02 |']);
  });

  it('tells which machine a row is of, where there are several', () => {
    const all = [kept({ machine: 'M' }), kept({ machine: 'N', seed: 2 })];
    expect(rowsOf(all)).toEqual(['two make × 1.40 | full | 1 | 2026-01-02 (1) |', 'two make × 1.40 | full | 2 | 2026-01-02 (2) |']);
    expect(proofsPage(all)).toContain('Machines, by the number behind the date: (1) M; (2) N.');
    expect(proofsPage([kept({})])).toContain('Machine: M.');
  });

  it('puts a figure beside the claim that it was run for, not beside what the claim has become', () => {
    expect(proofsPage([kept({ must: 'two make ≥ 1.1 × as many' })])).toContain(
      '| `media-workers` | two make ≥ 1.1 × as many | postgres | two make × 1.40 |',
    );
  });

  it('says "not run yet" of a claim whose only run had its aim switched off', () => {
    expect(rowsOf([kept({ scale: 'short', figure: 'two make × 0.60' })])).toEqual(['not run yet | | | |']);
  });
});
