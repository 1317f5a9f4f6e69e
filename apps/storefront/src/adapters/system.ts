import { opsV1 } from '@tandem/contracts';
import type { Host, Peer } from '@tandem/host';
import { operatedServices, type ServiceName } from '../domain/services.js';

type Ops = Peer<typeof opsV1.OpsServiceService>;

/** How long a service may take to say whether it is ready, milliseconds. */
const readinessTimeoutMs = 1_000;

/** The operations side of every service. */
export function systemOf(peer: Host['peer']) {
  const services = operatedServices.map((name) => ({ name, ops: peer(name, opsV1.OpsServiceService) }));
  return {
    services: services as readonly { readonly name: ServiceName; readonly ops: Ops }[],
    /** Why the whole system cannot take an order now; empty when it can. */
    blockers: async (): Promise<readonly string[]> => {
      const asked = services.map(async ({ name, ops }) => (await reasonsOf(ops)).map((reason) => `${name}: ${reason}`));
      return (await Promise.all(asked)).flat();
    },
  };
}

async function reasonsOf(ops: Ops): Promise<readonly string[]> {
  try {
    const { ready, reasons } = await ops.getReadiness({}, { timeoutMs: readinessTimeoutMs });
    return ready || reasons.length > 0 ? reasons : ['not ready'];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]; // a silent service is an answer here
  }
}
