/** A strong entity tag of one version of something, told from others of the same version by a digest of what is shown. Source: RFC 9110, 8.8.3. */
export function etagOf(version: string, digest: string): string {
  return `"${version}-${digest}"`;
}

/** What an `If-Match` header asks for: anything, one of some versions (none when no tag is of ours), or nothing that can be: only weak tags, or what is no list of tags. */
export type Wanted =
  { readonly kind: 'any' } | { readonly kind: 'versions'; readonly versions: readonly string[] } | { readonly kind: 'weak' | 'malformed' };

/** Reads `If-Match`; an absent header and `*` ask for nothing. Compared strongly, a weak tag matches nothing. Source: RFC 9110, 13.1.1 and 8.8.3. */
export function wantedBy(ifMatch: string | undefined): Wanted {
  if (ifMatch === undefined || ifMatch.trim() === '*') return { kind: 'any' };
  const tags = elementsOf(ifMatch);
  if (tags.length === 0 || !tags.every((tag) => /^(W\/)?"[^"]*"$/.test(tag))) return { kind: 'malformed' };
  const strong = tags.filter((tag) => tag.startsWith('"'));
  if (strong.length === 0) return { kind: 'weak' };
  const versions = strong.map((tag) => /^"(\d{1,18})-[0-9a-f]+"$/.exec(tag)?.[1]).filter((version) => version !== undefined);
  return { kind: 'versions', versions: [...new Set(versions)] };
}

/** What stands between the commas of a list; in quotes a comma is none. Empty elements are left out. Source: RFC 9110, 5.6.1.2. */
function elementsOf(list: string): readonly string[] {
  return (list.match(/(?:"[^"]*"|[^,"])+|"/g) ?? []).map((element) => element.trim()).filter((element) => element !== '');
}

/** Whether `If-None-Match` names the tag, so that whoever asks has it already. Compared weakly. Source: RFC 9110, 13.1.2. */
export function isNamed(etag: string, ifNoneMatch: string | undefined): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
