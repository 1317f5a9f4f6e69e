import type { Currency } from '@tandem/kernel';

/** A way to ship, at a flat price per order. */
export type ShippingOption = {
  readonly id: string;
  readonly title: string;
  readonly carrier: string;
  readonly service: string;
  readonly estimatedDays: number;
  /** Minor units. */
  readonly prices: Readonly<Record<Currency, bigint>>;
};

/** What is offered, to every country. Source: docs/reference/shipping.md. */
export const shippingOptions: readonly ShippingOption[] = [
  { id: 'standard', title: 'Standard', carrier: 'sandbox', service: 'standard', estimatedDays: 3, prices: { EUR: 490n, USD: 550n, JPY: 800n, BHD: 2_000n } },
  { id: 'express', title: 'Express', carrier: 'sandbox', service: 'express', estimatedDays: 1, prices: { EUR: 990n, USD: 1_150n, JPY: 1_600n, BHD: 4_100n } },
];
