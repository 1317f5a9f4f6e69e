import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Metadata } from '@grpc/grpc-js';
import type { Caller } from './caller.js';

/** Who may call an RPC: anyone (`public`), a shopper or staff with a token (`user`), staff only, one of our services. */
export type Allowed = 'public' | 'user' | 'staff' | 'service';

const policyKey = 'tandem:allow';
const callers = new WeakMap<Metadata, Caller>();

/** Remembers who calls, for the handler's second argument. Set once, by the policy guard. */
export function setCaller(metadata: Metadata, caller: Caller): void {
  callers.set(metadata, caller);
}

export function getCaller(metadata: Metadata): Caller | undefined {
  return callers.get(metadata);
}

const CallerParam = createParamDecorator((_: unknown, context: ExecutionContext) =>
  getCaller(context.switchToRpc().getContext<Metadata>()),
);

/**
 * Marks a controller's method `(request, caller)` as the handler of one RPC, named as in the generated definition:
 * `@Rpc('OrderService', 'checkout', ['user'])`. An RPC without a handler or a policy keeps the service from booting.
 */
export function Rpc(service: string, method: string, allowed: readonly Allowed[]): MethodDecorator {
  return (target, key, descriptor) => {
    Payload()(target, key, 0);
    CallerParam()(target, key, 1);
    GrpcMethod(service, method)(target, key, descriptor as TypedPropertyDescriptor<unknown>);
    SetMetadata(policyKey, { rpc: `${service}/${method}`, allowed })(target, key, descriptor);
  };
}

/** The policy an `@Rpc` method declares. */
export function policyOf(handler: object): { readonly rpc: string; readonly allowed: readonly Allowed[] } | undefined {
  return Reflect.getMetadata(policyKey, handler) as { rpc: string; allowed: readonly Allowed[] } | undefined;
}
