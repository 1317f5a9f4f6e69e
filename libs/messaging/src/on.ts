import { type ArgumentsHost, Catch, createParamDecorator, type ExceptionFilter, type ExecutionContext, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { EventDefinition } from '@tandem/contracts';
import { invariant, type Tx } from '@tandem/kernel';
import { type Observable, throwError } from 'rxjs';
import type { RetryPolicy } from './consuming/policy.js';
import type { Handled, Message } from './handler.js';

/** Names the transport of `EventLogStrategy`, so that no other server of a hybrid application picks these handlers up. */
export const eventLogTransport = Symbol('tandem.event-log');

export type OnOptions<Data> = {
  /**
   * Messages of one partition that may be in hand at a time if their keys differ; the largest of a service's handlers counts for all of them.
   * Default 4, range 1 to 64: more where a handler waits on the outside (mail, carrier). The order of a key holds in any case.
   */
  readonly concurrency?: number;
  /**
   * Cron-like: the service joins its group this often (ms), drains it and leaves until the next time. Only where every handler of the service
   * says so; the shortest counts. Default: it listens as long as it runs.
   */
  readonly wakeEveryMs?: number;
  /** Routing rule: a message it rejects is skipped (its mark advances). Must be pure; a throw counts as a handler's throw. */
  readonly where?: (message: Message<Data>) => boolean;
  /** Departures from `defaultPolicy` for this consumer. */
  readonly policy?: Partial<RetryPolicy>;
};

export type BatchOptions<Data> = OnOptions<Data> & {
  /**
   * The handler takes up to so many events at once, each of another key; they share one transaction: all of its effects or none. When it
   * throws, or answers anything but done or ignored, each of them is handled by itself, as a batch of one. Range 2 to 64; also the `concurrency`
   * where none is given. For effects in the database only; a handler locks rows that other batches may want in one order, e.g. by id.
   */
  readonly batch: number;
};

/** What `@On` leaves on a method for `EventLogStrategy`. */
export type Subscribed = { readonly definition: EventDefinition; readonly options: OnOptions<unknown> & { readonly batch?: number } };

/** What a handler is called with besides the data; `message` is the first of `messages`. */
export type HandlerContext = { readonly tx: Tx; readonly message: Message; readonly messages: readonly Message[] };

/** A controller's method that takes in one event; trailing parameters may be left out. */
export type EventHandler<Data> = (event: Data, tx: Tx, message: Message<Data>) => Promise<Handled>;

/** A controller's method that takes in several events of one type, each of another key; its answer is that of all. */
export type BatchHandler<Data> = (events: readonly Data[], tx: Tx, messages: readonly Message<Data>[]) => Promise<Handled>;

/** Nest's own filter would replace an error by "Internal server error"; the pipeline has to see the error itself. */
@Catch()
class AsThrown implements ExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}

const FromContext = createParamDecorator(
  (name: keyof HandlerContext, host: ExecutionContext) => host.switchToRpc().getContext<HandlerContext>()[name],
);

/**
 * Subscribes a controller's method `(event, tx, message)` to an event; with `batch`, a method `(events, tx, messages)`. The service is the group;
 * topic, type and schema come with the event, and a record that does not fit never gets here. `tx` is the transaction that also writes inbox
 * row and mark.
 */
export function On<Data>(definition: EventDefinition<Data>, options: BatchOptions<Data>): Marks<BatchHandler<Data>>;
export function On<Data>(definition: EventDefinition<Data>, options?: OnOptions<Data>): Marks<EventHandler<Data>>;
export function On<Data>(definition: EventDefinition<Data>, options: OnOptions<Data> | BatchOptions<Data> = {}): Marks<never> {
  if ('batch' in options)
    invariant(options.batch >= 2 && options.batch <= 64, `@On(${definition.type}): a batch of ${options.batch}, wants 2 to 64`);
  const subscribed = { definition, options } as unknown as Subscribed;
  return (target, key, descriptor) => {
    Payload()(target, key, 0);
    FromContext('tx')(target, key, 1);
    FromContext('batch' in options ? 'messages' : 'message')(target, key, 2);
    UseFilters(new AsThrown())(target, key, descriptor);
    const subscribe = EventPattern<string>(definition.type, eventLogTransport, { subscribed }) as MethodDecorator;
    subscribe(target, key, descriptor);
  };
}

type Marks<Handler> = <M extends Handler>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<M>) => void;
