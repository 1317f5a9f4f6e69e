import { Agent, request } from 'undici';

/** An answer as it came: `text` is the body byte for byte, `body` its JSON (undefined when it is none). */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: any;
};

export type Ask = {
  readonly token?: string | undefined;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Talks HTTP to one base URL over kept-alive connections. */
export type Http = {
  (method: string, path: string, ask?: Ask): Promise<Answer>;
  readonly baseUrl: string;
  close(): Promise<void>;
};

/** Never throws for a status; rejects when the server is away or takes longer than `timeoutMs` (default 30,000). */
export function http(baseUrl: string, timeoutMs = 30_000): Http {
  const dispatcher = new Agent({ connections: 256, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const ask = async (method: string, path: string, { token, body, raw, headers = {} }: Ask = {}): Promise<Answer> => {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await request(new URL(path, baseUrl), {
      method: method as 'GET',
      dispatcher,
      headers: {
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: flat(answer.headers), text, body: parsed(text) };
  };
  return Object.assign(ask, { baseUrl, close: () => dispatcher.close() });
}

function flat(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON, e.g. metrics
  }
}
