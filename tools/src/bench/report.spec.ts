import { startSection, withSection } from './report.js';

describe('a page of figures', () => {
  const mine = '## Mine\n\nnew\n';

  it('gets a section it lacks at its end', () => {
    expect(withSection('# Page\n\ntext\n', '## Mine', mine)).toBe('# Page\n\ntext\n\n## Mine\n\nnew\n');
  });

  it('has only that section replaced, wherever it stands', () => {
    expect(withSection('# Page\n\n## Mine\n\nold\n', '## Mine', mine)).toBe('# Page\n\n## Mine\n\nnew\n');
    expect(withSection('# Page\n\n## Mine\n\nold\n\n## Other\n\nkept\n', '## Mine', mine)).toBe(
      '# Page\n\n## Mine\n\nnew\n\n## Other\n\nkept\n',
    );
  });
});

describe('what a start takes', () => {
  it('is told by the fastest and the slowest of each kind, with the memory and the CPU of everything at rest', () => {
    const section = startSection({ first: [5.04, 7.5], again: [2.96, 2.5], idleCorePercent: 4.46, pssMb: 580.4 });
    expect(section).toContain('| on new data | 5.0 | 7.5 |\n| again on the same | 2.5 | 3.0 |\n');
    expect(section).toContain('Idle: 4.5 % of a core (20 s, from 15 s after it was ready). Memory of everything then: 580 MB (PSS).');
  });
});
