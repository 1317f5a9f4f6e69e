import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Balanced, balanced } from '../client/balanced.js';

/** Ports by name, as a system has written them down: `storefront`, `storefront-2`, `order.http`, … */
export function portsOf(dataDir: string): Readonly<Record<string, number>> {
  return (JSON.parse(readFileSync(join(dataDir, 'run/ports.json'), 'utf8')) as { ports: Record<string, number> }).ports;
}

/** Every storefront of a system behind one balancer; whoever asks for it closes it. */
export function balancedStorefronts(dataDir: string): Balanced {
  const storefronts = Object.entries(portsOf(dataDir)).filter(([name]) => /^storefront(-\d+)?$/.test(name));
  return balanced(storefronts.map(([, port]) => `http://127.0.0.1:${port}`));
}
