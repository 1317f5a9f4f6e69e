import { createHash, randomBytes } from 'node:crypto';
import { issuer, tokenAlgorithm, userAudience } from '@tandem/host';
import { SignJWT } from 'jose';
import type { TokenMint } from '../domain/ports.js';
import { accessTokenSeconds } from '../domain/session.js';
import type { SigningKeys } from './pg-signing-keys.js';

/** Access tokens as signed JWTs (RFC 9068), refresh tokens as random text. */
export function joseTokenMint(keys: SigningKeys): TokenMint {
  const hashOf = (token: string): Uint8Array => createHash('sha256').update(token).digest();
  return {
    access: async ({ id, kind }) => {
      const key = await keys.current();
      return new SignJWT({ kind })
        .setProtectedHeader({ alg: tokenAlgorithm, typ: 'at+jwt', kid: key.id })
        .setIssuer(issuer)
        .setAudience(userAudience)
        .setSubject(id)
        .setIssuedAt()
        .setExpirationTime(`${accessTokenSeconds}s`)
        .setJti(randomBytes(9).toString('base64url'))
        .sign(key.private);
    },
    refresh: () => {
      const token = randomBytes(32).toString('base64url');
      return { token, hash: hashOf(token) };
    },
    hashOf,
  };
}
