import { type Client, connectivityState } from '@grpc/grpc-js';
import { createReconnecting } from './reconnecting.js';

const { CONNECTING, READY, TRANSIENT_FAILURE } = connectivityState;

describe('a call to a peer', () => {
  let state: connectivityState = READY;
  let waited: (Date | number)[] = [];
  let clock = 0;
  const client = {
    getChannel: () => ({ getConnectivityState: () => state }),
    waitForReady: (until: Date | number, ready: () => void) => (waited.push(until), ready()),
  } as unknown as Client;
  const never = Number.MAX_SAFE_INTEGER;
  let reconnecting = createReconnecting(client, () => clock);
  beforeEach(() => {
    [waited, clock] = [[], 10_000];
    reconnecting = createReconnecting(client, () => clock);
  });
  const callAt = async (at: number, of: connectivityState, deadline = never): Promise<void> => {
    [clock, state] = [at, of];
    await reconnecting(deadline);
  };

  it('goes at once when it is connected', async () => {
    await callAt(10_000, READY);
    expect(waited).toEqual([]);
  });

  it('waits until two seconds after the connection was missed first, and no longer than its deadline', async () => {
    await callAt(10_000, TRANSIENT_FAILURE);
    await callAt(11_500, CONNECTING);
    await callAt(11_600, TRANSIENT_FAILURE, 11_700);
    expect(waited).toEqual([12_000, 12_000, 11_700]);
  });

  it('fails at once when the peer stays away, and waits again once it was back', async () => {
    await callAt(10_000, TRANSIENT_FAILURE);
    await callAt(12_000, CONNECTING);
    await callAt(13_000, TRANSIENT_FAILURE);
    await callAt(20_000, READY);
    await callAt(21_000, TRANSIENT_FAILURE);
    expect(waited).toEqual([12_000, 23_000]);
  });
});
