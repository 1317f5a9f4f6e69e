import { Unavailable } from '@tandem/messaging';
import { type Dispatcher, Pool, request } from 'undici';
import { z } from 'zod';

/** All of one call; a purchase waits for the carrier behind EasyPost. */
const timeoutMs = 20_000;
/** Largest label, bytes: it goes on in a gRPC message, which takes 4 MiB (`grpc.max_receive_message_length`, its default). */
export const largestLabel = 3_500_000;

const Fault = z.object({ error: z.object({ code: z.string() }) });

export type Said = { readonly status: number; readonly body: unknown };
export type EasyPostCalls = {
  /** Answers below 500. No answer, 429, 5xx and what only an operator can mend (401, 402, 403) reject with `Unavailable`. */
  ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Said>;
  /** The file behind an address that EasyPost gave, up to `largestLabel`; a larger one rejects as no answer does. */
  fetch(url: string): Promise<Uint8Array>;
  close(): Promise<void>;
};
export type EasyPostAccess = {
  readonly apiKey: string;
  readonly apiUrl: string;
  /** Told of a key that is not valid or lacks money. */ readonly onForbidden: (status: number) => void;
};

/** EasyPost's API, version 2: JSON, the key as the user of Basic authentication. Source: https://docs.easypost.com/docs/authentication */
export function easypostCalls({ apiKey, apiUrl, onForbidden }: EasyPostAccess): EasyPostCalls {
  const pool = new Pool(apiUrl, { connections: 16, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connect: { timeout: 2_000 } });
  const headers = { authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`, accept: 'application/json' };
  return {
    ask: (method, path, body) =>
      unless(async () => {
        const answer = await pool.request({
          method,
          path: `/v2${path}`,
          headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
          ...(body ? { body: JSON.stringify(body) } : {}),
        });
        if (isForbidden(answer.statusCode)) onForbidden(answer.statusCode);
        if (isForbidden(answer.statusCode) || isBusy(answer.statusCode)) return refuse(answer);
        return { status: answer.statusCode, body: await answer.body.json() };
      }),
    fetch: (url) =>
      unless(async () => {
        if (new URL(url).protocol !== new URL(apiUrl).protocol) throw new Error('the label is not where EasyPost keeps labels');
        const answer = await request(url, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
        return answer.statusCode === 200 ? read(answer.body) : refuse(answer);
      }),
    close: () => pool.close(),
  };
}

/** The code of a refusal, such as `SHIPMENT.POSTAGE.EXISTS`. Source: https://docs.easypost.com/docs/errors */
export function codeOf({ status, body }: Said): string {
  const fault = Fault.safeParse(body);
  return fault.success ? fault.data.error.code : `HTTP.${status}`;
}

function isForbidden(status: number): boolean {
  return status === 401 || status === 402 || status === 403;
}

function isBusy(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** All of a body, counted while it comes: its length is told by whoever sends it, or not at all. */
async function read(body: Dispatcher.ResponseData['body']): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > largestLabel) throw new Error(`the label is larger than ${largestLabel} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function refuse({ statusCode, body }: Dispatcher.ResponseData): Promise<never> {
  await body.dump();
  throw new Error(`EasyPost answered ${statusCode}`);
}

async function unless<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new Unavailable('carrier', { cause });
  }
}
