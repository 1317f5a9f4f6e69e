import { Agent, request } from 'undici';
import type { Shopper } from './shopper.js';

/** An open stream of server-sent events. */
export type EventStream = {
  readonly status: number;
  /** Whole events that have come, in order. */
  readonly events: readonly { readonly id: number; readonly event: string; readonly data: any }[];
  /** Whether the connection is still there. */
  isOpen(): boolean;
  /** Breaks the connection. */
  close(): void;
};

/** Opens the stream at `path`; `after` is the id of the last event that is known. Resolves when the answer has begun. */
export async function follow(
  baseUrl: string,
  shopper: Pick<Shopper, 'token'>,
  { path, after }: { path: string; after?: number | undefined },
): Promise<EventStream> {
  const dispatcher = new Agent({ bodyTimeout: 60_000 });
  const headers = { authorization: `Bearer ${shopper.token}`, ...(after === undefined ? {} : { 'last-event-id': String(after) }) };
  const answer = await request(new URL(path, baseUrl), { headers, dispatcher });
  const events: EventStream['events'][number][] = [];
  let rest = '';
  let isOpen = true;
  answer.body.on('close', () => void (isOpen = false));
  answer.body.on('error', () => undefined); // a broken connection is what is tested
  answer.body.setEncoding('utf8').on('data', (chunk: string) => {
    const frames = (rest + chunk).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const fields = new Map(
        frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const),
      );
      if (fields.has('id'))
        events.push({ id: Number(fields.get('id')), event: fields.get('event') ?? '', data: JSON.parse(fields.get('data') ?? 'null') });
    }
  });
  return { status: answer.statusCode, events, isOpen: () => isOpen, close: () => void dispatcher.destroy() };
}
