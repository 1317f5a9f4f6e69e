import type { customerV1 } from '@tandem/contracts';
import { invalidField } from '@tandem/host';
import { z } from 'zod';
import { accessTokenSeconds } from '../domain/session.js';
import type { OpenSession } from './register.js';

const Credentials = z.object({
  email: z.email().max(254),
  password: z.string().min(8).max(128),
  name: z.string().min(1).max(200).optional(),
});

/** The credentials of a request; refuses with the first field that does not fit. */
export function believed(request: {
  readonly email: string;
  readonly password: string;
  readonly name?: string | undefined;
}): z.infer<typeof Credentials> {
  const parsed = Credentials.safeParse(request);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidField(`/${issue?.path.join('/') ?? ''}`, issue?.code.replaceAll('_', '-') ?? 'invalid', issue?.message ?? 'is not valid');
}

/** A session as it goes over the wire. */
export function toSession({ accessToken, refreshToken, principal }: OpenSession): customerV1.Session {
  return { accessToken, refreshToken, expiresInSeconds: accessTokenSeconds, principal };
}
