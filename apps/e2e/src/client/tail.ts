import type { Http } from './http.js';
import { expecting } from './shopper.js';

/** Reads one of the sandbox's lists while it grows: each call answers what came since the last one, oldest first. `path` has a query, or ends with `?`. */
export function tail<Entry extends { readonly id: string }>(sandbox: Http, path: string): () => Promise<readonly Entry[]> {
  const known = new Set<string>();
  let cursor = '';
  return async () => {
    const fresh: Entry[] = [];
    for (;;) {
      const { data, nextCursor } = expecting(200, await sandbox('GET', `${path}&limit=100${cursor}`)).body as {
        data: readonly Entry[];
        nextCursor: string | null;
      };
      fresh.push(...data.filter(({ id }) => !known.has(id)));
      for (const { id } of data) known.add(id);
      if (nextCursor === null) return fresh; // the last page is read again, since it may grow
      cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
    }
  };
}
