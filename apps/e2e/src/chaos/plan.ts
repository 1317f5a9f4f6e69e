import { pick, randomFrom } from '@tandem/kernel/testing';

/** What one shopper will do. Follows from the seed. */
export type ShoppingPlan = {
  readonly number: number;
  readonly isCustomer: boolean;
  readonly lines: readonly { readonly product: number; readonly quantity: number }[];
  readonly paymentMethod: string;
  /** Somebody who is signed in already; else a new guest or customer. */
  readonly account?: { readonly email: string; readonly token: string };
};

/** 8 of 10 cards work, one fails twice before it does, one is declined. */
const cards = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_error_500',
  'pm_card_declined',
];

/** The shoppers of a run: half of them customers, 1 or 2 lines of 1 to 3 units. */
export function shoppingPlans(seed: number, orders: number, products: number): readonly ShoppingPlan[] {
  const random = randomFrom(seed);
  const upTo = (n: number): number => 1 + Math.floor(random() * n);
  return Array.from({ length: orders }, (_, number) => ({
    number,
    isCustomer: random() < 0.5,
    lines: [...new Set(Array.from({ length: upTo(2) }, () => Math.floor(random() * products)))].map((product) => ({
      product,
      quantity: upTo(3),
    })),
    paymentMethod: pick(cards, random),
  }));
}

/** A server under the services. */
export type ServerName = 'kafka' | 'postgres';

/** Which kill is a server's, counted from 0: the broker every 30 s and PostgreSQL every 60 s when somebody is killed every 2 s, each soon for the first time. */
const turns: Readonly<Record<ServerName, { readonly first: number; readonly every: number }>> = {
  kafka: { first: 1, every: 15 },
  postgres: { first: 4, every: 30 },
};

/** Whom to kill, kill by kill: a random service, now and then one of the servers. An endless sequence that follows from the seed. */
export function* victims(seed: number, services: readonly string[], servers: readonly ServerName[]): Generator<string> {
  const random = randomFrom(seed ^ 0x5eed);
  const isTurnOf = (server: ServerName, kill: number): boolean => kill % turns[server].every === turns[server].first;
  for (let kill = 0; ; kill++) yield servers.find((server) => isTurnOf(server, kill)) ?? pick(services, random);
}
