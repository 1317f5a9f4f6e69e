import type { ServiceDefinition as GrpcServiceDefinition } from '@grpc/grpc-js';
import { policyOf } from './rpc.js';

/** The proto package and service of a generated definition, read from its first method's path (`/tandem.cart.v1.CartService/Price`). */
export function fullNameOf(definition: object): { readonly package: string; readonly service: string } {
  const [first] = Object.values(definition as GrpcServiceDefinition);
  const name = first?.path.split('/')[1] ?? '';
  return { package: name.slice(0, name.lastIndexOf('.')), service: name.slice(name.lastIndexOf('.') + 1) };
}

/** RPCs of `serves` that no controller handles, and handlers of RPCs that are not served. Empty when all is well. */
export function unservedRpcs(
  serves: readonly object[],
  controllers: readonly (abstract new (...args: never[]) => unknown)[],
): readonly string[] {
  const wanted = serves.flatMap((definition) => Object.keys(definition).map((method) => `${fullNameOf(definition).service}/${method}`));
  const handled = controllers.flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype)
      .map((name) => policyOf(Object.getOwnPropertyDescriptor(controller.prototype, name)?.value as object)?.rpc)
      .filter((rpc) => rpc !== undefined),
  );
  const missing = wanted.filter((rpc) => !handled.includes(rpc)).map((rpc) => `${rpc} has no handler`);
  const unknown = handled.filter((rpc) => !wanted.includes(rpc)).map((rpc) => `${rpc} is handled but not served`);
  return [...missing, ...unknown];
}
