import type { Ports } from './ports.js';

/** The accounts every development system has. Source: the API's conventions. */
const accounts = [
  ['shopper', 'ada@tandem.example', 'tandem-ada-demo'],
  ['staff', 'staff@tandem.example', 'tandem-staff-demo'],
] as const;

export type BannerFacts = { readonly ports: Ports; readonly seconds: number; readonly mode: string; readonly dataDir: string };

/** What a person sees once the system is ready. */
export function banner({ ports, seconds, mode, dataDir }: BannerFacts): string {
  const shop = `http://localhost:${ports['storefront']}`;
  return `
Tandem is ready (${seconds.toFixed(1)} s) · ${mode}

  storefront   ${shop}          API reference ${shop}/docs
  sandbox      http://localhost:${ports['sandbox']}          mailbox: http://localhost:${ports['sandbox']}/mailbox/messages
  mail (SMTP)  localhost:${ports['smtp']}
  data, logs   ${dataDir}

  accounts     ${accounts.map(([role, email, password]) => `${role.padEnd(8)} ${email} / ${password}`).join('\n               ')}

  try          curl -s '${shop}/v1/products?q=mug&limit=3'

Ctrl-C stops everything.`;
}
