/** The parts of the outside world that can be made to misbehave. */
export const faultTargets = ['bank', 'smtp', 'carrier', 'sms'] as const;
export type FaultTarget = (typeof faultTargets)[number];

/** How a part misbehaves: it answers `latencyMs` later, refuses everything while `down`, and fails a share `errorRate` (0…1) of its calls. */
export type Fault = { readonly errorRate: number; readonly latencyMs: number; readonly down: boolean };
export type Faults = Readonly<Record<FaultTarget, Fault>>;

export const noFault: Fault = { errorRate: 0, latencyMs: 0, down: false };
/** Nothing misbehaves. */
export const healthy = Object.fromEntries(faultTargets.map((target) => [target, noFault])) as Faults;

/** What happens to the `call`-th call (from 1) of a part. Failures are spread evenly and need no chance: at 0.25 every fourth call fails. */
export function ordeal(fault: Fault, call: number): 'down' | 'error' | 'pass' {
  if (fault.down) return 'down';
  return Math.floor(call * fault.errorRate) > Math.floor((call - 1) * fault.errorRate) ? 'error' : 'pass';
}
