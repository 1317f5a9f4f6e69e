import { type Client, connectivityState } from '@grpc/grpc-js';

/** Longer than the longest pause between two tries to connect, 1 s and a fifth of it. Source: `channelOptions` of a peer; gRPC connection backoff, jitter. */
const patienceMs = 2_000;

/**
 * Waits for a peer that is not connected any more, but may be in a moment: replicas are restarted one after the other, and the first is up again
 * but not dialled yet when the next one goes. Nothing has been sent, so any call may wait. A peer that stays away longer than 2 s fails calls at
 * once, until it is connected again. Never rejects: the call says what is wrong.
 */
export function createReconnecting(
  client: Pick<Client, 'getChannel' | 'waitForReady'>,
  now = Date.now,
): (deadline: number) => Promise<void> {
  let awaySince: number | undefined;
  return async (deadline) => {
    if (client.getChannel().getConnectivityState(true) === connectivityState.READY) {
      awaySince = undefined;
      return;
    }
    awaySince ??= now();
    const until = Math.min(deadline, awaySince + patienceMs);
    if (until > now()) await new Promise<void>((resolve) => client.waitForReady(until, () => resolve()));
  };
}
