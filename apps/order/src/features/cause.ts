/** The request that a call is made for, so that the other service's log lines name it; undefined where nobody asks any more. */
export type Cause = { readonly requestId: string } | undefined;

/** The options of a call that name its request. */
export function requestOf(cause: Cause): { readonly requestId?: string } {
  return cause === undefined ? {} : { requestId: cause.requestId };
}
