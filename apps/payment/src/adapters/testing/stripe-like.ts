import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Done, type StripeBooks, stripeBooks } from './stripe-books.js';
import { errorShape, type Said } from './stripe-shapes.js';

/** A server that answers as Stripe's reference says Stripe does, for what the shop asks of it. */
export type StripeLike = {
  readonly url: string;
  readonly books: StripeBooks;
  /** What was asked, in order: `POST /v1/payment_intents` and so on. */
  readonly asked: string[];
  /** Answers before a request is looked at, for the next ones in turn (a rate limit) … */
  readonly next: Said[];
  /** … or, while it is set, for all of them. */
  always: Said | undefined;
  /** Stripe forgets the keys of yesterday. */
  forgetKeys(): void;
  stop(): Promise<void>;
  start(): Promise<void>;
};

/** By idempotency key: what was wished, and what was answered, once it was. */
type Kept = Map<string, { readonly wish: string; said?: Said }>;

export async function startStripeLike(): Promise<StripeLike> {
  const kept: Kept = new Map();
  let server: Server;
  let port = 0;
  const like: StripeLike = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    books: stripeBooks(),
    asked: [],
    next: [],
    always: undefined,
    forgetKeys: () => kept.clear(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    start: async () => {
      server = createServer((request, response) => void answer(like, kept, request, response));
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      ({ port } = server.address() as AddressInfo);
    },
  };
  await like.start();
  return like;
}

async function answer(like: StripeLike, kept: Kept, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '' } = request;
  const wish = await bodyOf(request);
  like.asked.push(`${method} ${url.split('?')[0]}`);
  const early = like.always ?? like.next.shift();
  if (early) return write(response, early);
  const key = method === 'POST' ? (request.headers['idempotency-key'] as string | undefined) : undefined;
  const earlier = key === undefined ? undefined : kept.get(key);
  if (earlier) return write(response, again(earlier, url + wish), earlier.said !== undefined);
  if (key !== undefined) kept.set(key, { wish: url + wish });
  await new Promise((resolve) => setTimeout(resolve, 5)); // under way: of a crowd, the others meet the first one
  const done: Done = like.books.do(method, url, wish);
  if (done === 'lost') return void (key !== undefined && kept.delete(key));
  if (key !== undefined) kept.set(key, { wish: url + wish, said: done.said });
  if (!done.isSilent) write(response, done.said);
}

/** 409 while the first request of a key is under way, 400 for another wish, else the same answer, a 500 too. Source: https://docs.stripe.com/api/idempotent_requests */
function again({ wish, said }: { readonly wish: string; said?: Said }, now: string): Said {
  if (wish !== now) return errorShape(400, { type: 'idempotency_error' });
  return said ?? errorShape(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' });
}

function write(response: ServerResponse, { status, body }: Said, isReplayed = false): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'request-id': 'req_spec',
      ...(isReplayed ? { 'idempotent-replayed': 'true' } : {}),
    })
    .end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
