import type { AccountStore } from '../domain/ports.js';
import { emailKeyOf, type Registered } from '../domain/account.js';
import type { Register } from './register.js';

type Demo = { readonly kind: Registered['kind']; readonly email: string; readonly password: string; readonly name: string };

/** Accounts everybody knows; development mode only. Source: docs/reference/api.md. */
export const demoAccounts: readonly Demo[] = [
  { kind: 'staff', email: 'staff@tandem.example', password: 'tandem-staff-demo', name: 'Tandem Staff' },
  { kind: 'customer', email: 'ada@tandem.example', password: 'tandem-ada-demo', name: 'Ada Lovelace' },
];

/** Makes the demo accounts that are not there. Asking again changes nothing. */
export async function seedDemoAccounts(accounts: AccountStore, register: Register): Promise<void> {
  for (const { kind, email, password, name } of demoAccounts) {
    if (await accounts.findByEmail(emailKeyOf(email))) continue;
    await register.run({ email, password, name, locale: 'en' }, kind);
  }
}
