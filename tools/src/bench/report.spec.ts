import { withSection } from './report.js';

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
