import type { Readable } from 'node:stream';
import type { CallOptions, Principal } from '@tandem/host';
import type { Locale } from '../../domain/locale.js';

type ParamsOf<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Record<Name, string> & ParamsOf<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Record<Name, string>
    : unknown;

/** A request that was let in: validated, and with all that travels on to other services. `Nobody` is `undefined` where no token is needed. */
export type Call<Path extends string, Query, Body, Nobody> = {
  readonly params: ParamsOf<Path>;
  readonly query: Query;
  readonly body: Body;
  readonly principal: Principal | Nobody;
  readonly requestId: string;
  /** The client's address. */
  readonly ip: string;
  readonly locale: Locale;
  /** For calls to other services made for this request: token, request id, idempotency key, trace. */
  readonly as: CallOptions;
  /** A request header, as it came. */
  header(name: string): string | undefined;
  /** The body as it arrives, where the endpoint takes a file and one was sent. */
  readonly upload: Readable | undefined;
  /** The body byte for byte. */
  readonly rawBody: Uint8Array;
};

export type AnyCall = Call<string, unknown, unknown, undefined>;

/** What is known of a request beside its call. `isReplayed`: the answer is a stored one. */
export type Admission = { readonly call: AnyCall; isReplayed: boolean };

const admissions = new WeakMap<object, Admission>();

/** Hands an admitted request to its handler. Once per request, by the guard. */
export function admit(request: object, admission: Admission): void {
  admissions.set(request, admission);
}

export function admissionOf(request: object): Admission | undefined {
  return admissions.get(request);
}

export function callOf(request: object): AnyCall {
  const admission = admissions.get(request);
  if (!admission) throw new TypeError('a handler was reached past the guard');
  return admission.call;
}
