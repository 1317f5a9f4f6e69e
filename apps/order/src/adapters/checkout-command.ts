import { type Currency, money } from '@tandem/kernel';
import type { CheckoutCommand } from '../domain/checkout.js';

type CommandJson = Omit<CheckoutCommand, 'expectedTotal'> & {
  readonly expectedTotal: { readonly minor: string; readonly currency: Currency };
};

/** A checkout's request as its claim keeps it. */
export function commandJson(command: CheckoutCommand): string {
  const { minor, currency } = command.expectedTotal;
  const json: CommandJson = { ...command, expectedTotal: { minor: minor.toString(), currency } };
  return JSON.stringify(json);
}

export function commandFrom(json: unknown): CheckoutCommand {
  const { expectedTotal, ...rest } = json as CommandJson;
  return { ...rest, expectedTotal: money(BigInt(expectedTotal.minor), expectedTotal.currency) };
}
