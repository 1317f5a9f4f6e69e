import { type Kept, proofsPage } from './results.js';

const kept = (changes: Partial<Kept>): Kept => ({
  name: 'media-workers',
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

  it('says "not run yet" of a claim whose only run had its aim switched off', () => {
    expect(rowsOf([kept({ scale: 'short', figure: 'two make × 0.60' })])).toEqual(['not run yet | | | |']);
  });
});
