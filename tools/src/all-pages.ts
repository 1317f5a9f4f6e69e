/** Everything of a list that is told in pages. `path` ends where the cursor goes. */
export async function allPages<T>(ask: (path: string) => Promise<Record<string, unknown>>, path: string): Promise<readonly T[]> {
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = (await ask(`${path}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)) as {
      readonly data: readonly T[];
      readonly nextCursor: string | null;
    };
    all.push(...page.data);
    cursor = page.nextCursor;
  }
  return all;
}
