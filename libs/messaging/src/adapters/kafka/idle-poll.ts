import { createRequire } from 'node:module';

const patchedVersion = '2.2.4';
const checkEveryMs = 10;
const done = Symbol.for('tandem.kafkajs.idle-poll');

/** The parts of kafkajs's `RequestQueue` (src/network/requestQueue/index.js) the patch stands on. */
type RequestQueue = {
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
  [done]?: true;
};

/**
 * Ends kafkajs's timer of about 1 ms per idle connection (kafkajs issues 1751, 1755): it looks for waiting requests although none waits.
 * Only for the version it was written for; asking again changes nothing. Answers whether the patch is in place.
 */
export function calmIdleConnections(): boolean {
  const require = createRequire(import.meta.url);
  if ((require('kafkajs/package.json') as { readonly version: string }).version !== patchedVersion) return false;
  const { prototype } = require('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueue };
  if (prototype[done]) return true;
  prototype[done] = true;
  prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueue): void {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
    const check = (): void => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    };
    this.throttleCheckTimeoutId = setTimeout(check, Math.max(this.throttledUntil - Date.now(), checkEveryMs));
  };
  return true;
}
