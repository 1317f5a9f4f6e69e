/** Whether a system every message needs is away. Pure: the transitions of a circuit, with the message that found it out as its probe. */
export type Outage =
  | { readonly kind: 'none' }
  | { readonly kind: 'away'; readonly system: string; readonly step: number; readonly untilMs: number; readonly probe: string }
  /** The probe may pass; everybody else for `openMs` not yet. */
  | { readonly kind: 'probing'; readonly system: string; readonly step: number; readonly sinceMs: number; readonly probe: string };

export const noOutage: Outage = { kind: 'none' };

/** Waits between probes, ms: healthy within five seconds of the system's return. Source: docs/messaging.md, "When a system is away". */
const backOffMs = [250, 500, 1000, 2000, 4000] as const;
/** A probe that never comes (its partition went elsewhere) stops nobody for longer, ms. */
const openMs = 2000;

/** A message found the system away. The back-off grows while probes fail, and starts anew once one has passed: a flaky system is not slowed down further. */
export function began(
  outage: Outage,
  { system, probe, nowMs }: { system: string; probe: string; nowMs: number },
): Extract<Outage, { kind: 'away' }> {
  if (outage.kind === 'away') return outage;
  const step = outage.kind === 'probing' ? Math.min(outage.step + 1, backOffMs.length - 1) : 0;
  return { kind: 'away', system, step, untilMs: nowMs + (backOffMs[step] ?? 0), probe };
}

/** The back-off is over. */
export function probes(outage: Outage, nowMs: number): Outage {
  return outage.kind === 'away'
    ? { kind: 'probing', system: outage.system, step: outage.step, sinceMs: nowMs, probe: outage.probe }
    : outage;
}

/** A message passed. Only the probe's success ends an outage; others may not have needed the system. */
export function passed(outage: Outage, message: string, nowMs: number): Outage {
  return outage.kind === 'probing' && isAdmitted(outage, message, nowMs) ? noOutage : outage;
}

/** The system everything waits for now; a probe that never comes is not waited for. */
export function awaited(outage: Outage, nowMs: number): string | undefined {
  if (outage.kind === 'none' || (outage.kind === 'probing' && nowMs - outage.sinceMs >= openMs)) return undefined;
  return outage.system;
}

/** May this message be tried now? */
export function isAdmitted(outage: Outage, message: string, nowMs: number): boolean {
  switch (outage.kind) {
    case 'none':
      return true;
    case 'away':
      return false;
    case 'probing':
      return outage.probe === message || nowMs - outage.sinceMs >= openMs;
  }
}
