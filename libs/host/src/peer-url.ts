import { z } from 'zod';
import { type Environment, loadConfig } from './config.js';

const shape = z
  .string()
  .regex(/^(?:(?:dns:\/\/\/|ipv4:)?[^\s,]+:\d+)(?:,[^\s,]+:\d+)*$/, 'an address, host:port, dns:///name:port or ipv4:a:1,b:2')
  .optional();

/** Where a service answers gRPC: `<NAME>_GRPC_URL`, by default `<name>:50051` (its name in a compose network), every address of it. */
export function peerUrl(name: string, env: Environment): string {
  const variable = `${name.toUpperCase()}_GRPC_URL`;
  const parsed = loadConfig(z.object({ [variable]: shape }), env) as Record<string, string | undefined>;
  return parsed[variable] ?? `dns:///${name}:50051`;
}
