import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  RequestMapping,
  RequestMethod,
  Res,
  SetMetadata,
} from '@nestjs/common';
import type { ProblemCode } from '@tandem/contracts';
import type { z } from 'zod';
import { type AnyCall, type Call, callOf } from './call.js';

/** Who may call: anyone, anyone with a token, staff. */
export type Policy = 'public' | 'user' | 'staff';
export type Tag =
  | 'Auth'
  | 'Products'
  | 'Carts'
  | 'Orders'
  | 'Shipments'
  | 'Documents'
  | 'Loyalty'
  | 'Notifications'
  | 'Webhooks'
  | 'Jobs'
  | 'Operations'
  | 'Admin';

/** Budgets beside the general one per address. */
export type LimitName = 'guest' | 'credentials';

/**
 * One operation of the public API, declared once: routing, policy, validation and the OpenAPI document all come from here.
 * A route without a declaration keeps the storefront from booting.
 */
export type Endpoint<Path extends string = string, Query = unknown, Body = unknown, Who extends Policy = Policy> = {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters as `:name`. */
  readonly path: Path;
  readonly tag: Tag;
  readonly summary: string;
  readonly policy: Who;
  /** Strict: what it does not name is refused. Without it, no query parameter is taken. */
  readonly query?: z.ZodType<Query>;
  /** Strict as well. Without it, only no body or an empty object is taken. */
  readonly body?: z.ZodType<Body>;
  /** The body is somebody else's, and passed on byte for byte: only its size and syntax are looked at. */
  readonly isRaw?: boolean;
  /** A form may come as the body, as browsers and mail programs send it; what is in it is not looked at. */
  readonly takesForm?: boolean;
  /** The body is a file of one of these types, and comes as it arrives: `call.upload`. What is in it, not what it is called, is for the handler to look at. */
  readonly takes?: readonly string[];
  /** A success with a body is a file of one of these types. */
  readonly sends?: readonly string[];
  /** Bodies of the answers by status; `null` has none, or is a file. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** Problems beside those that follow from policy, body and key. */
  readonly refuses?: readonly ProblemCode[];
  /** Absent: the header is ignored. */
  readonly idempotencyKey?: 'required' | 'honoured';
  readonly reads?: readonly ('If-Match' | 'If-None-Match' | 'Prefer' | 'Last-Event-ID')[];
  /** The answer is a stream of server-sent events, which stays open. */
  readonly isStream?: boolean;
  /** Every success carries a strong ETag. */
  readonly hasEtag?: boolean;
  readonly limit?: LimitName;
  /**
   * How long all that is done for a request may take, milliseconds, from when it is here whole; where a file is taken, from when that begins. Default
   * 5,000; longer where a bank or a carrier has the word. It travels with every call that is made for the request.
   */
  readonly patienceMs?: number;
};

/** Declares an operation; the types of its call follow from its schemas. */
export function endpoint<const Path extends string, const Who extends Policy, Query = Record<string, never>, Body = undefined>(
  declared: Endpoint<Path, Query, Body, Who>,
): Endpoint<Path, Query, Body, Who> {
  return declared;
}

/** The call a handler gets: `handle(call: CallOf<typeof addLine>)`. */
export type CallOf<E> =
  E extends Endpoint<infer Path, infer Query, infer Body, infer Who>
    ? Call<Path, Query, Body, Who extends 'public' ? undefined : never>
    : never;

const endpointKey = 'tandem:endpoint';
const CallParam = createParamDecorator((_: unknown, context: ExecutionContext): AnyCall =>
  callOf(context.switchToHttp().getRequest<object>()),
);

/** Makes a controller's method `(call) => Answer` the handler of an operation. */
export function Serves(declared: Endpoint<string, never, never> | Endpoint): MethodDecorator {
  const route = applyDecorators(
    RequestMapping({ path: declared.path, method: RequestMethod[declared.method] }),
    SetMetadata(endpointKey, declared),
  );
  return (target, key, descriptor) => {
    CallParam()(target, key, 0);
    if (declared.isStream) Res()(target, key, 2); // says to Nest that the answer is not its to send
    route(target, key as string, descriptor as TypedPropertyDescriptor<unknown>);
  };
}

/** The declaration behind a controller's method. */
export function endpointOf(handler: object): Endpoint | undefined {
  return Reflect.getMetadata(endpointKey, handler) as Endpoint | undefined;
}

type Controllers = readonly (abstract new (...args: never[]) => unknown)[];

/** Every operation the controllers serve, in their order. Throws when a route lacks its declaration or two share an operation id. */
export function endpointsOf(controllers: Controllers): readonly Endpoint[] {
  const found = controllers.flatMap((controller) => handlersOf(controller).map((handler) => declarationOf(controller.name, handler)));
  const ids = found.map(({ operationId }) => operationId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new TypeError(`storefront cannot boot: two operations are called ${twice}`);
  return found;
}

function handlersOf(controller: Controllers[number]): readonly object[] {
  const names = Object.getOwnPropertyNames(controller.prototype).filter((name) => name !== 'constructor');
  const methods = names.map((name) => Object.getOwnPropertyDescriptor(controller.prototype, name)?.value as unknown);
  return methods.filter((method): method is object => typeof method === 'function' && Reflect.hasMetadata('path', method));
}

function declarationOf(controller: string, handler: object): Endpoint {
  const declared = endpointOf(handler);
  if (!declared) throw new TypeError(`storefront cannot boot: a route of ${controller} declares no policy`);
  return declared;
}
