import { join } from 'node:path';
import { WrongUsage } from '../command-line.js';
import type { Ports } from './ports.js';

/** What decides which processes there are. */
export type Shape = { readonly services: readonly string[]; readonly split: boolean; readonly replicas: ReadonlyMap<string, number> };

/** One process to keep alive. `name` is unique; `part` is the service, or `all`. */
export type Process = {
  readonly name: string;
  readonly part: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
};

/** An instance of a service: the first has the service's name, the second `order-2`. */
type Instance = { readonly service: string; readonly name: string };

/** Every instance of every service. Throws a `WrongUsage` when replicas are asked of a service that there is not, or that cannot have them. */
function instancesOf({ services, replicas }: Shape): readonly Instance[] {
  for (const name of replicas.keys()) {
    if (!services.includes(name)) throw new WrongUsage(`--replicas: there is no service "${name}". Services: ${services.join(', ')}.`);
    if (name === 'sandbox') throw new WrongUsage('--replicas: the sandbox stands for the outside world, and there is one.');
  }
  return services.flatMap((service) =>
    Array.from({ length: replicas.get(service) ?? 1 }, (_, index) => ({
      service,
      name: index === 0 ? service : `${service}-${index + 1}`,
    })),
  );
}

/** Who has a public port, which also serves health and metrics. */
const isPublic = (service: string): boolean => service === 'storefront' || service === 'sandbox';

/**
 * The names under which ports must be assigned beside those that people know by heart. Health and metrics have listeners of their own only in a
 * process of their own; a second storefront has a public port of its own, `storefront-2`, for a load balancer.
 */
export function internalPortNames(shape: Shape): readonly string[] {
  return instancesOf(shape).flatMap(({ name, service }) => [
    `${name}.grpc`,
    ...(isPublic(service) ? [] : shape.split ? [`${name}.http`] : []),
    ...(isPublic(service) && name !== service ? [name] : []),
  ]);
}

/** The processes and their environments: one for all, or one per instance. `shared` is what every process gets. */
export function processesOf(shape: Shape, ports: Ports, shared: Readonly<Record<string, string>>): readonly Process[] {
  const instances = instancesOf(shape);
  const everyone = { ...shared, ...peerUrls(instances, ports) };
  if (!shape.split) {
    const listens = Object.assign({}, ...instances.map((instance) => listenEnv(instance, ports)));
    return [{ name: 'all', part: 'all', script: join('apps', 'all', 'dist', 'main.js'), env: { ...everyone, ...listens } }];
  }
  return instances.map((instance) => ({
    name: instance.name,
    part: instance.service,
    script: join('apps', instance.service, 'dist', 'main.js'),
    env: { ...everyone, ...listenEnv(instance, ports) },
  }));
}

function listenEnv({ service, name }: Instance, ports: Ports): Record<string, string> {
  const upper = service.toUpperCase();
  const http = ports[`${name}.http`];
  return {
    [`${upper}_GRPC_LISTEN`]: `127.0.0.1:${ports[`${name}.grpc`]}`,
    ...(http ? { [`${upper}_HTTP_LISTEN`]: `127.0.0.1:${http}` } : {}),
    ...(isPublic(service) && name !== service ? { [`${upper}_PORT`]: String(ports[name]) } : {}),
  };
}

/** `<SERVICE>_GRPC_URL` for each: gRPC's `ipv4:` scheme lists every replica. */
function peerUrls(instances: readonly Instance[], ports: Ports): Record<string, string> {
  const addresses = new Map<string, string[]>();
  for (const { service, name } of instances)
    addresses.set(service, [...(addresses.get(service) ?? []), `127.0.0.1:${ports[`${name}.grpc`]}`]);
  return Object.fromEntries([...addresses].map(([service, list]) => [`${service.toUpperCase()}_GRPC_URL`, `ipv4:${list.join(',')}`]));
}
