import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { events } from '@tandem/contracts';
import { invariant } from '@tandem/kernel';
import { isObservable, lastValueFrom } from 'rxjs';
import { type HandlerContext, type Subscribed, eventLogTransport } from './on.js';

/** One handler of one event version, as the consumer runtime calls it. */
export type Subscriber = Subscribed & { readonly call: (data: unknown, context: HandlerContext) => Promise<unknown> };

/** What the strategy starts and stops: the consumer runtime. */
export type Consuming = { begin(subscribers: readonly Subscriber[]): void; close(): Promise<void> };

/**
 * Runs Nest's event handlers on the `EventLog`. It only collects them: decoding, order, inbox, retries and parking are the runtime's.
 * Handlers of one event share its transaction and run in the order Nest found them.
 */
export class EventLogStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = eventLogTransport;
  override readonly propagatesEventHandlerErrors = true;
  private readonly subscribers: Subscriber[] = [];

  constructor(private readonly consuming: Consuming) {
    super();
  }

  override addHandler(...[pattern, callback, isEventHandler = false, extras = {}]: Parameters<Server['addHandler']>): void {
    const call: MessageHandler<unknown, HandlerContext> = callback;
    invariant(isEventHandler, `${String(pattern)}: the event log carries events, not requests; use @On`);
    const subscribed = (extras['subscribed'] as Subscribed | undefined) ?? plainPattern(String(pattern));
    this.subscribers.push({ ...subscribed, call: async (data, context) => lastOf(await call(data, context)) });
  }

  /** Does not wait for the log: a service starts while it is away. */
  override listen(callback: () => void): void {
    this.consuming.begin(this.subscribers);
    callback();
  }

  override async close(): Promise<void> {
    await this.consuming.close();
  }

  override on(): never {
    throw new Error('the event log has no client events');
  }

  override unwrap<T>(): T {
    return this.consuming as T;
  }
}

/** A handler marked with Nest's own `@EventPattern('order.confirmed.v1')`. */
function plainPattern(pattern: string): Subscribed {
  const definition = events.find(({ type }) => type === pattern);
  invariant(definition, `no event is called ${pattern}`);
  return { definition, options: {} };
}

/** Interceptors turn a handler's answer into a stream; the last value counts, none is fine. */
function lastOf(answer: unknown): unknown {
  return isObservable(answer) ? lastValueFrom(answer, { defaultValue: undefined }) : answer;
}
