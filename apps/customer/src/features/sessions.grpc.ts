import { Controller } from '@nestjs/common';
import type { commonV1, customerV1 } from '@tandem/contracts';
import { invalidField, Refusal, Rpc } from '@tandem/host';
import { z } from 'zod';
import { localeOf } from '../domain/account.js';
import { accessTokenSeconds } from '../domain/session.js';
import { CreateGuest } from './create-guest.js';
import { Login } from './login.js';
import { type OpenSession, Register } from './register.js';
import { RefreshSession } from './refresh-session.js';

const Credentials = z.object({ email: z.email().max(254), password: z.string().min(8).max(128), name: z.string().min(1).max(200).optional() });

/** Opening, renewing and ending sessions. */
@Controller()
export class SessionsGrpc {
  constructor(
    private readonly createGuest: CreateGuest,
    private readonly register: Register,
    private readonly login: Login,
    private readonly refreshSession: RefreshSession,
  ) {}

  @Rpc('CustomerService', 'createGuest', ['public'])
  async handleGuest({ locale }: customerV1.CreateGuestRequest): Promise<customerV1.Session> {
    return toSession(await this.createGuest.run(localeOf(locale)));
  }

  @Rpc('CustomerService', 'register', ['public'])
  async handleRegister(request: customerV1.RegisterRequest): Promise<customerV1.Session> {
    const { email, password, name } = believed(request);
    const outcome = await this.register.run({ email, password, name: name ?? null, locale: localeOf(request.locale) });
    switch (outcome.kind) {
      case 'opened':
        return toSession(outcome);
      case 'email-taken':
        throw new Refusal('email-taken');
    }
  }

  @Rpc('CustomerService', 'login', ['public'])
  async handleLogin(request: customerV1.LoginRequest): Promise<customerV1.Session> {
    const outcome = await this.login.run(believed(request));
    switch (outcome.kind) {
      case 'opened':
        return toSession(outcome);
      case 'invalid-credentials':
        throw new Refusal('invalid-credentials');
      case 'rate-limited':
        throw new Refusal('rate-limited', { detail: 'too many wrong passwords for this account', retryAfterSeconds: outcome.retryAfterSeconds });
    }
  }

  @Rpc('CustomerService', 'refresh', ['public'])
  async handleRefresh({ refreshToken }: customerV1.RefreshRequest): Promise<customerV1.Session> {
    const outcome = await this.refreshSession.run(refreshToken);
    if (outcome.kind === 'refused') throw new Refusal('refresh-token-invalid');
    return toSession(outcome);
  }

  @Rpc('CustomerService', 'logout', ['public'])
  async handleLogout({ refreshToken }: customerV1.RefreshRequest): Promise<commonV1.Empty> {
    await this.refreshSession.end(refreshToken);
    return {};
  }
}

function believed(request: { readonly email: string; readonly password: string; readonly name?: string | undefined }): z.infer<typeof Credentials> {
  const parsed = Credentials.safeParse(request);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidField(`/${issue?.path.join('/') ?? ''}`, issue?.code ?? 'invalid', issue?.message ?? 'is not valid');
}

function toSession({ accessToken, refreshToken, principal }: OpenSession): customerV1.Session {
  return { accessToken, refreshToken, expiresInSeconds: accessTokenSeconds, principal };
}
