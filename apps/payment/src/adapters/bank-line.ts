import {
  bulkhead,
  BrokenCircuitError,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
} from 'cockatiel';
import { Gauge, type Registry } from 'prom-client';
import { errors } from 'undici';

/** Calls to a bank at one time, and how many may wait for a place: a bank that hangs takes no more of the shop than this. */
export const places = { atOnce: 64, waiting: 256 };
/**
 * After so many calls in a row that the bank did not answer, or answered by 5xx, it is not called for a while (milliseconds); then one call finds out.
 * More in a row than a bank has that only some cards have trouble with, fewer than have a place at once.
 */
export const giveUp = { after: 20, forMs: 500 };
/** With less time left than this a call is not worth sending, milliseconds. */
export const leastMs = 50;
/** Pauses before a charge is tried again after a connection that was cut (a bank that restarts), milliseconds. */
export const cutPausesMs: readonly number[] = [100, 300, 600, 1_000, 2_000];
/** Pauses before a charge is tried again after an answer of 5xx, milliseconds. */
export const failedPausesMs: readonly number[] = [50, 200];

/** Runs a call when there is a place for it and the bank is not given up; `away`: neither is so, and nothing was sent. */
export type Line<Spoken> = <T extends Spoken>(call: () => Promise<T>) => Promise<T | 'away'>;

type LineOptions<Spoken> = {
  /** Whether what came of a call says that the bank is away. A refusal of whatever kind says that it is there. */
  readonly isAway: (spoken: Spoken | 'away') => boolean;
  readonly registry: Registry | undefined;
};

/** The line to one bank: so many calls at once, and a circuit breaker. */
export function lineToBank<Spoken>({ isAway, registry }: LineOptions<Spoken>): Line<Spoken> {
  const desk = bulkhead(places.atOnce, places.waiting);
  const breaker = circuitBreaker(
    handleWhenResult((spoken) => isAway(spoken as Spoken | 'away')),
    { halfOpenAfter: giveUp.forMs, breaker: new ConsecutiveBreaker(giveUp.after) },
  );
  if (registry) measure(registry, () => breaker.state);
  return async (call) => {
    if (breaker.state === CircuitState.HalfOpen) return 'away'; // somebody finds out; cockatiel would let others wait for that
    const findsOut = breaker.state === CircuitState.Open;
    const unlessGivenUp = async () => (findsOut || breaker.state === CircuitState.Closed ? call() : ('away' as const)); // while this one waited for its place
    return breaker
      .execute(() => desk.execute(unlessGivenUp))
      .catch((error: unknown) => {
        if (error instanceof BulkheadRejectedError || error instanceof BrokenCircuitError) return 'away' as const;
        throw error;
      });
  };
}

function measure(registry: Registry, stateNow: () => CircuitState): void {
  const states = { closed: CircuitState.Closed, 'half-open': CircuitState.HalfOpen, open: CircuitState.Open };
  new Gauge({
    name: 'bank_circuit_state',
    help: 'The circuit breaker of the bank: 1 for the state it is in; open: the bank is not called',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const [state, value] of Object.entries(states)) this.set({ state }, stateNow() === value ? 1 : 0);
    },
  });
}

/** True when the connection was not made, so that nothing can have been done. */
export function wasNeverSent(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return (
    (typeof code === 'string' && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)) ||
    error instanceof errors.ConnectTimeoutError
  );
}
