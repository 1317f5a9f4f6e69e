/** How a charge can begin or end. Decline codes are stable, they are API. */
export type ChargeResult =
  | { readonly status: 'captured' | 'requires-action' }
  | { readonly status: 'declined'; readonly declineCode: 'card-declined' | 'insufficient-funds' | 'authentication-failed' };

/** What one test card makes the bank do. Every field is fixed, so a test knows beforehand what happens. */
export type Instrument = {
  /** What becomes of the charge; `null` means that none is ever made. */
  readonly result: ChargeResult | null;
  /** How many tries under one idempotency key fail with 500 before the result. */
  readonly failures: number;
  /** Milliseconds between the effect and the answer; `never` keeps the caller waiting until it gives up. */
  readonly answersAfterMs: number | 'never';
  /** When the shop is told by webhook: not at all, before the answer, twice at once, or after its deadline has passed. */
  readonly webhook: 'none' | 'before-answer' | 'twice' | 'late';
};

const approves: Instrument = { result: { status: 'captured' }, failures: 0, answersAfterMs: 0, webhook: 'none' };

/** The instruments of the sandbox bank by `paymentMethod`. Documented in the reference of the sandbox; clients' tests rely on each line. */
export const instruments = {
  pm_card_visa: approves,
  pm_card_declined: { ...approves, result: { status: 'declined', declineCode: 'card-declined' } },
  pm_card_insufficient_funds: { ...approves, result: { status: 'declined', declineCode: 'insufficient-funds' } },
  pm_card_3ds: { ...approves, result: { status: 'requires-action' } },
  pm_card_slow: { ...approves, answersAfterMs: 6_000 },
  pm_card_timeout_charged: { ...approves, answersAfterMs: 'never', webhook: 'late' },
  pm_card_timeout_uncharged: { ...approves, result: null, answersAfterMs: 'never' },
  pm_card_duplicate_webhook: { ...approves, webhook: 'twice' },
  pm_card_webhook_first: { ...approves, webhook: 'before-answer' },
  pm_card_error_500: { ...approves, failures: 2 },
} as const satisfies Record<string, Instrument>;

/** The instrument behind a payment method; `undefined` for one the bank does not know. */
export function instrumentOf(paymentMethod: string): Instrument | undefined {
  return Object.hasOwn(instruments, paymentMethod) ? instruments[paymentMethod as keyof typeof instruments] : undefined;
}
