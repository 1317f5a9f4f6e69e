/** A strong entity tag of one version of something, told from others of the same version by a digest of what is shown. Source: RFC 9110, 8.8.3. */
export function etagOf(version: string, digest: string): string {
  return `"${version}-${digest}"`;
}

/** What an `If-Match` header asks for: anything, one of some versions, or what cannot be (a weak tag, or none of ours). */
export type Wanted = { readonly kind: 'any' } | { readonly kind: 'versions'; readonly versions: readonly string[] };

/** Reads `If-Match`; an absent header and `*` ask for nothing. Tags that are weak or not ours match nothing. Source: RFC 9110, 13.1.1. */
export function wantedBy(ifMatch: string | undefined): Wanted {
  if (ifMatch === undefined || ifMatch.trim() === '*') return { kind: 'any' };
  const tags = ifMatch.split(',').map((tag) => /^"(\d{1,18})-[0-9a-f]+"$/.exec(tag.trim())?.[1]);
  return { kind: 'versions', versions: [...new Set(tags.filter((version) => version !== undefined))] };
}

/** Whether `If-None-Match` names the tag, so that whoever asks has it already. Compared weakly. Source: RFC 9110, 13.1.2. */
export function isNamed(etag: string, ifNoneMatch: string | undefined): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
