import { Controller } from '@nestjs/common';
import type { commonV1, customerV1 } from '@tandem/contracts';
import { type Caller, noSuch, parsePublicId, principalOf, Rpc, toPublicId } from '@tandem/host';
import type { Account } from '../domain/account.js';
import { ReadProfile } from './read-profile.js';

/** Who somebody is, and the keys that prove it. */
@Controller()
export class ProfilesGrpc {
  constructor(private readonly readProfile: ReadProfile) {}

  @Rpc('CustomerService', 'getMe', ['user'])
  async handleMe(_request: commonV1.Empty, caller: Caller): Promise<customerV1.Profile> {
    return this.find(principalOf(caller).id);
  }

  @Rpc('CustomerService', 'getProfile', ['service'])
  async handleProfile({ customerId }: customerV1.GetProfileRequest): Promise<customerV1.Profile> {
    return this.find(customerId);
  }

  @Rpc('CustomerService', 'getJwks', ['public'])
  async handleJwks(_request: commonV1.Empty): Promise<customerV1.Jwks> {
    return { json: JSON.stringify(await this.readProfile.publicKeys()) };
  }

  private async find(publicId: string): Promise<customerV1.Profile> {
    const uuid = parsePublicId('customer', publicId);
    const account = uuid === undefined ? undefined : await this.readProfile.run(toPublicId('customer', uuid));
    if (!account) throw noSuch('account', publicId);
    return toProfile(account);
  }
}

function toProfile({ id, kind, email, name, locale }: Account): customerV1.Profile {
  return { id, kind, locale, ...(email === null ? {} : { email }), ...(name === null ? {} : { name }) };
}
