import { request } from 'undici';
import type { Shopper } from './shopper.js';

/** An answer whose body is kept byte for byte. */
export type Download = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly bytes: Buffer; json(): any };

/** Gets a file, or whatever is answered instead. */
export async function download(
  baseUrl: string,
  { token }: Pick<Shopper, 'token'>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Download> {
  const answer = await request(new URL(path, baseUrl), { headers: { authorization: `Bearer ${token}`, ...headers } });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers as Record<string, string>, bytes, json: () => JSON.parse(bytes.toString()) };
}
