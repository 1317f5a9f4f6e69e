/** Access tokens live 10 minutes, refresh tokens 30 days. Source: docs/reference/api.md, "Auth". */
export const accessTokenSeconds = 600;
export const refreshTokenSeconds = 30 * 24 * 3600;

/** A refresh token as the store keeps it. */
export type KnownToken = { readonly isUsed: boolean; readonly isExpired: boolean; readonly sessionEnded: boolean };

/** `reused`: somebody holds a copy of a token that was replaced, so the family has to end. Source: RFC 9700, 4.14.2. */
export type Refreshing = { readonly kind: 'rotate' } | { readonly kind: 'reused' } | { readonly kind: 'refused' };

/** Decides what presenting a refresh token does. */
export function refresh(token: KnownToken): Refreshing {
  if (token.sessionEnded) return { kind: 'refused' };
  if (token.isUsed) return { kind: 'reused' };
  return token.isExpired ? { kind: 'refused' } : { kind: 'rotate' };
}
