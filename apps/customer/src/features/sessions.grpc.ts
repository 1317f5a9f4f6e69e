import { Controller } from '@nestjs/common';
import type { commonV1, customerV1 } from '@tandem/contracts';
import { Refusal, Rpc } from '@tandem/host';
import { believed, toSession } from './credentials.js';
import { Login } from './login.js';
import { RefreshSession } from './refresh-session.js';

/** Opening, renewing and ending sessions. */
@Controller()
export class SessionsGrpc {
  constructor(
    private readonly login: Login,
    private readonly refreshSession: RefreshSession,
  ) {}

  @Rpc('CustomerService', 'login', ['public'])
  async handleLogin(request: customerV1.LoginRequest): Promise<customerV1.Session> {
    const outcome = await this.login.run(believed(request));
    switch (outcome.kind) {
      case 'opened':
        return toSession(outcome);
      case 'invalid-credentials':
        throw new Refusal('invalid-credentials', { detail: 'no account has this e-mail with this password' });
      case 'rate-limited':
        throw new Refusal('rate-limited', {
          detail: 'too many wrong passwords for this account',
          retryAfterSeconds: outcome.retryAfterSeconds,
        });
    }
  }

  @Rpc('CustomerService', 'refresh', ['public'])
  async handleRefresh({ refreshToken }: customerV1.RefreshRequest): Promise<customerV1.Session> {
    const outcome = await this.refreshSession.run(refreshToken);
    if (outcome.kind === 'refused')
      throw new Refusal('refresh-token-invalid', { detail: 'it is unknown, expired or was used before; log in again' });
    return toSession(outcome);
  }

  @Rpc('CustomerService', 'logout', ['public'])
  async handleLogout({ refreshToken }: customerV1.RefreshRequest): Promise<commonV1.Empty> {
    await this.refreshSession.end(refreshToken);
    return {};
  }
}
