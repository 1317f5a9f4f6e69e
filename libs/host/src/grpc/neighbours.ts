import { EventEmitter } from 'node:events';
import {
  type Metadata,
  type MethodDefinition,
  type sendUnaryData,
  type Server,
  type ServerUnaryCall,
  type ServiceDefinition,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { whenAborted } from './nobody-waits.js';

type Handler = (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) => void;

/** One unary call, as a gRPC client would send it. `deadline`: milliseconds since the epoch. */
export type UnaryCall = {
  readonly method: MethodDefinition<never, never>;
  readonly request: never;
  readonly metadata: Metadata;
  readonly deadline: number;
  /** Aborted when the caller goes away: the handler is told, and the call ends. */
  readonly signal?: AbortSignal | undefined;
};
export type UnaryAnswer = { readonly reply: unknown; readonly initial: Metadata | undefined };

/**
 * The services of one process, so that a unary RPC between them is handed over instead of sent. Everything else is as on the wire: request, reply and
 * metadata are copies made by the contract's own encoding, guards and filters run, the deadline ends the call for the caller, errors carry a status.
 * Streams go over the network. Made once by whoever starts several services in one process.
 */
export class Neighbours {
  readonly #handlers = new Map<string, { readonly handler: Handler; readonly inFlight: Set<Promise<unknown>> }>();

  /** From now on what is added to `server` can be called here, as a part of `service`. Answers how to end that: callers dial again, and calls in hand are waited for. */
  join(service: string, server: Server): () => Promise<void> {
    const added: string[] = [];
    const inFlight = new Set<Promise<unknown>>();
    const addService = server.addService.bind(server);
    server.addService = (definition, implementation) => {
      addService(definition, implementation);
      for (const [path, handler] of unaryHandlers(definition, implementation)) {
        this.#handlers.set(service + path, { handler, inFlight });
        added.push(service + path);
      }
    };
    return async () => {
      added.forEach((key) => this.#handlers.delete(key));
      await Promise.allSettled(inFlight);
    };
  }

  /** The call, handed over; undefined when `service` does not serve it here. Rejects with a `ServiceError`, as a client does. */
  call(service: string, call: UnaryCall): Promise<UnaryAnswer> | undefined {
    const served = this.#handlers.get(service + call.method.path);
    if (!served) return undefined;
    const answer = handOver(served.handler, call);
    served.inFlight.add(answer);
    const done = (): void => void served.inFlight.delete(answer);
    answer.then(done, done);
    return answer;
  }
}

function unaryHandlers(
  definition: ServiceDefinition,
  implementation: UntypedServiceImplementation,
): readonly (readonly [string, Handler])[] {
  return Object.entries(definition)
    .filter(([, method]) => !method.requestStream && !method.responseStream)
    .map(([name, method]) => [method.path, (implementation[name] ?? implementation[method.originalName ?? name]) as Handler] as const);
}

function handOver(handler: Handler, { method, request, metadata, deadline, signal }: UnaryCall): Promise<UnaryAnswer> {
  return new Promise((resolve, reject) => {
    let initial: Metadata | undefined;
    const call = Object.assign(new EventEmitter(), {
      request: method.requestDeserialize(method.requestSerialize(request)) as unknown,
      metadata: metadata.clone(),
      cancelled: false,
      getDeadline: () => deadline,
      getPath: () => method.path,
      getPeer: () => 'this process',
      sendMetadata: (sent: Metadata) => void (initial = sent.clone()),
    });
    const end = (code: status, details: string): void => {
      over();
      call.cancelled = true;
      call.emit('cancelled', details);
      reject(toServiceError({ code, details }));
    };
    const timer = setTimeout(() => end(status.DEADLINE_EXCEEDED, `${method.path} did not answer in time`), deadline - Date.now());
    const forget = whenAborted(signal, () => end(status.CANCELLED, 'the caller has gone away'));
    const over = (): void => (clearTimeout(timer), forget());
    const failed = (error: unknown): void => reject(toServiceError({ code: status.INTERNAL, details: String(error) }));
    try {
      handler(call as unknown as ServerUnaryCall<unknown, unknown>, (error, reply) => {
        over();
        if (error) return reject(toServiceError(error));
        try {
          resolve({ reply: method.responseDeserialize(method.responseSerialize(reply as never)), initial });
        } catch (unencodable) {
          failed(unencodable); // as on the wire: the caller is told, nobody dies of it
        }
      });
    } catch (error) {
      over();
      failed(error);
    }
  });
}

/** What a client sees of what a handler answered. */
function toServiceError({ code, details, message, metadata }: Partial<ServiceError>): Error {
  const text = details ?? message ?? '';
  return Object.assign(new Error(text), { code: code ?? status.UNKNOWN, details: text, metadata });
}
