import { jittered } from '../consuming/policy.js';
import type { EventLog } from '../event-log.js';
import type { Logger } from '../logger.js';
import { type Alarm, createAlarm, pause } from '../waiting/alarm.js';
import { publishPending } from './publish-batch.js';
import { type RelaySession, openRelaySession } from './relay-session.js';

/** Milliseconds; every wait is jittered. Source: docs/messaging.md, "The relay". */
const timing = { poll: 3_000, leaderPoll: 1_000, redial: 700 };

export type RelayOptions = {
  readonly connectionString: string;
  readonly log: Pick<EventLog, 'publish'>;
  /** Resolves when the topics exist. */
  readonly topicsReady: () => Promise<void>;
  readonly logger: Logger;
  readonly onPublished: (count: number) => void;
};

/** Publishes the outbox. Every replica runs one; exactly one of them leads, by a lock that ends with its connection. */
export type Relay = {
  start(): void;
  /** There may be something to publish. Cheap; calls made while it works are merged. */
  wake(): void;
  leads(): boolean;
  /** Publishes what is committed if the log takes it, then gives the leadership back. Asking again changes nothing. */
  stop(): Promise<void>;
};

export function createRelay(options: RelayOptions): Relay {
  const alarm = createAlarm();
  const halt = new AbortController();
  const state: State = { leading: false };
  let running: Promise<void> | undefined;
  return {
    start: () => void (running ??= run(options, { alarm, halt: halt.signal, state })),
    wake: alarm.ring,
    leads: () => state.leading,
    async stop() {
      halt.abort();
      alarm.ring();
      await running;
    },
  };
}

type State = { leading: boolean };
type Running = { readonly alarm: Alarm; readonly halt: AbortSignal; readonly state: State };

async function run(options: RelayOptions, running: Running): Promise<void> {
  while (!running.halt.aborted) {
    try {
      await term(options, running);
    } catch (error) {
      options.logger.warn({ err: error }, 'the relay has no database; it dials again');
    }
    running.state.leading = false;
    await pause(jittered(timing.redial, Math.random()), running.halt);
  }
}

/** One connection's life: wait for the leadership, publish until the connection or the process ends. */
async function term(options: RelayOptions, { alarm, halt, state }: Running): Promise<void> {
  const lost = new AbortController();
  const onLost = (error: Error): void => {
    options.logger.warn({ err: error }, 'the relay has lost its connection');
    lost.abort();
    alarm.ring();
  };
  const session = await openRelaySession(options.connectionString, { onWake: alarm.ring, onLost });
  try {
    state.leading = await becomeLeader(session, AbortSignal.any([halt, lost.signal]));
    if (state.leading) await lead(session, { ...options, lost: lost.signal, halt }, alarm);
  } finally {
    state.leading = false;
    await session.close();
  }
}

async function becomeLeader(session: RelaySession, ended: AbortSignal): Promise<boolean> {
  while (!ended.aborted) {
    if (await session.lead()) return true;
    await pause(jittered(timing.leaderPoll, Math.random()), ended);
  }
  return false;
}

async function lead(session: RelaySession, publishing: Parameters<typeof publishPending>[1], alarm: Alarm): Promise<void> {
  publishing.logger.info({}, 'this process publishes the outbox');
  while (!publishing.lost.aborted) {
    await publishPending(session, publishing);
    if (publishing.halt.aborted) return;
    await alarm.sleep(jittered(timing.poll, Math.random()));
  }
}
