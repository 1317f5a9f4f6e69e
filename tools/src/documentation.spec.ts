import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { workspaceRoot } from './workspace.js';

const docs = join(workspaceRoot, 'docs');
const isPage = (path: string): boolean => path.endsWith('.md') || /api\.json$/.test(path);
const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter(isPage);

/** Files a page links to, from the root of the repository; links to the web and to a heading of the same page left out. */
function linksIn(page: string, text: string): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
  return targets
    .filter((target) => !/^(https?:|mailto:|#)/.test(target))
    .map((target) => relative(workspaceRoot, join(workspaceRoot, dirname(page), target.split('#')[0] ?? '')));
}

describe('the documentation', () => {
  it('has every page in its table of contents', () => {
    const listed = linksIn('docs/README.md', readFileSync(join(docs, 'README.md'), 'utf8'));
    expect(pages.filter((page) => page !== 'README.md' && !listed.includes(join('docs', page)))).toEqual([]);
  });

  it.each(['README.md', ...pages.filter((page) => page.endsWith('.md')).map((page) => join('docs', page))])(
    '%s links to nothing that is not there',
    (page) => {
      const broken = linksIn(page, readFileSync(join(workspaceRoot, page), 'utf8')).filter(
        (target) => !existsSync(join(workspaceRoot, target)),
      );
      expect(broken).toEqual([]);
    },
  );

  it('would notice a broken link', () => {
    expect(linksIn('docs/how-to/x.md', 'see [y](../reference/y.md#z) and [the web](https://example.com)')).toEqual(['docs/reference/y.md']);
  });
});
