import { type Fault, type Faults, type FaultTarget, ordeal } from '../domain/fault.js';
import type { FaultStore } from '../domain/ports.js';

/** A part of the outside world refused a call because it was told to. */
export class Outage extends Error {
  override readonly name = 'Outage';
  constructor(
    readonly target: FaultTarget,
    readonly kind: 'down' | 'error',
  ) {
    super(kind === 'down' ? `the ${target} is down` : `the ${target} failed, as it was told to`);
  }
}

/** The faults that are set, and the passage every call of a part has to take. Counts calls, so that a share of them fails evenly. */
export class StandFaults {
  private readonly calls: Partial<Record<FaultTarget, number>> = {};
  private known: Promise<Faults> | undefined;

  constructor(
    private readonly store: FaultStore,
    private readonly sleep: (ms: number) => Promise<unknown>,
  ) {}

  /** The faults of all parts. Read once; a read that failed is tried again by the next call. */
  async show(): Promise<Faults> {
    this.known ??= this.store.load();
    try {
      return await this.known;
    } catch (error) {
      this.known = undefined;
      throw error;
    }
  }

  /** Replaces the faults of the parts named and leaves the rest; answers all. */
  async set(changed: Partial<Record<FaultTarget, Fault>>): Promise<Faults> {
    await this.store.save(changed);
    this.known = undefined;
    return this.show();
  }

  /** Throws `Outage` while a part is down; counts no call and waits for nothing. For greetings, before there is a call. */
  async greet(target: FaultTarget): Promise<void> {
    if ((await this.show())[target].down) throw new Outage(target, 'down');
  }

  /** Waits out the latency of a part; throws `Outage` when this call is to fail. Nothing has been done by then. */
  async pass(target: FaultTarget): Promise<void> {
    const fault = (await this.show())[target];
    if (fault.latencyMs > 0) await this.sleep(fault.latencyMs);
    const call = (this.calls[target] = (this.calls[target] ?? 0) + 1);
    const end = ordeal(fault, call);
    if (end !== 'pass') throw new Outage(target, end);
  }
}
