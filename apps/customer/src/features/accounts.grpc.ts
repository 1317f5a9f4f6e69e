import { Controller } from '@nestjs/common';
import type { customerV1 } from '@tandem/contracts';
import { Refusal, Rpc } from '@tandem/host';
import { localeOf } from '../domain/account.js';
import { CreateGuest } from './create-guest.js';
import { believed, toSession } from './credentials.js';
import { Register } from './register.js';

/** Where principals come from. */
@Controller()
export class AccountsGrpc {
  constructor(
    private readonly createGuest: CreateGuest,
    private readonly register: Register,
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
        throw new Refusal('email-taken', { detail: `there is an account with ${email}; log in with it, or register another address` });
    }
  }
}
