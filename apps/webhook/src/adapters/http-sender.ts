import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { invariant } from '@tandem/kernel';
import { Webhook } from 'standardwebhooks';
import { Agent, type Dispatcher, request } from 'undici';
import type { Attempt } from '../domain/delivery.js';
import type { Message, Sender } from '../domain/ports.js';
import { guardedLookup, publicAddresses } from './public-address.js';
import { privateAddress, whyNotSent } from './why-not-sent.js';

/** How long a receiver may take, milliseconds, and how much of its answer is read. */
const connectMs = 5_000;
const answerMs = 10_000;
const lookupMs = 2_000;

export type SenderOptions = {
  /** The one private address that may be told: the sandbox's, in development. */
  readonly sandboxUrl?: string | undefined;
};

/** Sends over HTTP to public addresses alone. Follows no redirect; a name is looked at when it is connected to, so it cannot change in between. */
export function httpSender({ sandboxUrl }: SenderOptions): Sender & { close(): Promise<void> } {
  const isPublic = publicAddresses();
  const sandbox = sandboxUrl === undefined ? undefined : new URL(sandboxUrl);
  const timeouts = { headersTimeout: answerMs, bodyTimeout: answerMs };
  const outside = new Agent({
    ...timeouts,
    connect: { timeout: connectMs, lookup: guardedLookup(isPublic) },
    pipelining: 1,
    keepAliveTimeout: 10_000,
  });
  const inside = new Agent({ ...timeouts, connect: { timeout: connectMs }, keepAliveTimeout: 10_000 });
  const mayConnect = (url: URL): boolean => isIP(hostOf(url)) === 0 || isPublic(hostOf(url));

  return {
    send: async (text, message) => {
      const url = new URL(text);
      if (sandbox && isSandbox(url, sandbox)) return post(atSandbox(url, sandbox), message, inside);
      if (!mayConnect(url)) return { kind: 'not-taken', status: null, because: privateAddress(hostOf(url)) };
      return post(url, message, outside);
    },
    mayTell: async (url) => {
      if (sandbox && isSandbox(url, sandbox)) return true;
      if (isIP(hostOf(url)) !== 0) return isPublic(hostOf(url));
      if (/(^|\.)(localhost|local|internal|home\.arpa)\.?$/i.test(url.hostname) || !url.hostname.includes('.')) return false;
      const found = await within(lookupMs, lookup(url.hostname, { all: true }));
      return found === undefined || found.every(({ address }) => isPublic(address));
    },
    close: async () => {
      await outside.destroy();
      await inside.destroy();
    },
  };
}

/** The sandbox by its own address, or by this machine's name for it. */
function isSandbox(url: URL, sandbox: URL): boolean {
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === sandbox.protocol && url.port === sandbox.port && (url.hostname === sandbox.hostname || isHere);
}

/** Its path and query at the sandbox's own origin. They are set, not resolved: a path of `//host/…` would name another host. */
function atSandbox({ pathname, search }: URL, sandbox: URL): URL {
  const to = new URL(sandbox);
  to.pathname = pathname;
  to.search = search;
  invariant(to.origin === sandbox.origin, 'what goes to the sandbox stays there');
  return to;
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** `undefined` when it takes too long or fails: then the attempt itself will tell. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const settled = work.then(
    (value) => value,
    () => undefined,
  );
  return Promise.race([settled, new Promise<undefined>((resolve) => setTimeout(resolve, ms, undefined).unref())]);
}

async function post(url: URL, { id, at, payload, secrets }: Message, dispatcher: Dispatcher): Promise<Attempt> {
  const signature = secrets.map((secret) => new Webhook(secret).sign(id, at, payload)).join(' ');
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Tandem-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': signature,
  };
  try {
    const answer = await request(url, {
      method: 'POST',
      dispatcher,
      headers,
      body: payload,
      signal: AbortSignal.timeout(connectMs + answerMs),
    });
    await answer.body.dump({ limit: 16_384 });
    const status = answer.statusCode;
    if (status >= 200 && status < 300) return { kind: 'taken', status };
    const wait = Number(answer.headers['retry-after']);
    return {
      kind: 'not-taken',
      status,
      because: `answered ${status}`,
      ...(Number.isFinite(wait) && wait > 0 ? { retryAfterMs: wait * 1_000 } : {}),
    };
  } catch (error) {
    return { kind: 'not-taken', status: null, because: whyNotSent(error, url) };
  }
}
