import type { customerV1 } from '@tandem/contracts';
import { z } from 'zod';
import { email, line } from './common.schema.js';

const password = z.string().min(8).max(128);

export const Registration = z.strictObject({ email, password, name: line(200).optional() }).meta({ id: 'Registration' });
export const Credentials = z.strictObject({ email, password, name: line(200).optional() }).meta({ id: 'Credentials' });
export const RefreshToken = z.strictObject({ refreshToken: z.string().min(1).max(500) }).meta({ id: 'RefreshToken' });

const Principal = z.object({ id: z.string(), kind: z.enum(['guest', 'customer', 'staff']) }).meta({ id: 'Principal' });

export const Session = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    expiresIn: z.int().describe('Seconds the access token lives'),
    principal: Principal,
  })
  .meta({ id: 'Session' });

export const Me = z
  .object({ id: z.string(), email: z.string().nullable(), name: z.string().nullable(), kind: Principal.shape.kind })
  .meta({ id: 'Me' });

export type Session = z.infer<typeof Session>;

export function sessionFrom({ accessToken, refreshToken, expiresInSeconds, principal }: customerV1.Session): Session {
  if (!principal) throw new TypeError('customer left out the principal');
  return {
    accessToken,
    refreshToken,
    expiresIn: expiresInSeconds,
    principal: { id: principal.id, kind: principal.kind as Session['principal']['kind'] },
  };
}

export function meFrom({ id, email, name, kind }: customerV1.Profile): z.infer<typeof Me> {
  return { id, email: email ?? null, name: name ?? null, kind: kind as Session['principal']['kind'] };
}
