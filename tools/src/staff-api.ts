import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf } from './command-line.js';
import { Failure } from './failure.js';
import { dataFolder } from './start/data-folder.js';
import { dataDirOf } from './start/options.js';

/** A call of the public API as staff. Throws `Failure` with the problem's code and detail when it is refused. */
export type AskAsStaff = (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;

/** Signs in at `url`, else at the system of the data directory: by TANDEM_STAFF_EMAIL and TANDEM_STAFF_PASSWORD, in development the demo account. */
export async function signInAsStaff(
  at: { readonly url: string | undefined; readonly data: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Promise<AskAsStaff> {
  const url = at.url === undefined ? systemUrl(at.data) : addressOf('url', at.url);
  const credentials = {
    email: env['TANDEM_STAFF_EMAIL'] ?? 'staff@tandem.example',
    password: env['TANDEM_STAFF_PASSWORD'] ?? 'tandem-staff-demo',
  };
  const { accessToken } = (await call(url, { method: 'POST', path: '/v1/auth/login', body: credentials })) as { accessToken: string };
  return (method, path, body) => call(url, { method, path, ...(body ? { body } : {}), token: accessToken });
}

function systemUrl(data: string | undefined): string {
  const file = join(dataFolder(dataDirOf(data)).run, 'ports.json');
  if (!existsSync(file)) throw new Failure(`No system has run on ${file}: start one (npm start), or name its address with --url.`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { storefrontUrl: string }).storefrontUrl;
}

async function call(
  url: string,
  { method, path, body, token }: { method: string; path: string; body?: object; token?: string },
): Promise<Record<string, unknown>> {
  const headers = { ...(body ? { 'content-type': 'application/json' } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(new URL(path, url), { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }).catch(
    (cause: unknown) => {
      throw new Failure(
        `${url} does not answer (${(cause as Error).message}). Start the system with npm start, or name another one with --url.`,
      );
    },
  );
  const parsed = (await answer.json().catch((cause: unknown) => {
    throw new Failure(`${url} answers ${answer.status} without JSON, so it is no storefront of Tandem. Name its address with --url.`, {
      cause,
    });
  })) as Record<string, unknown>;
  if (!answer.ok) throw new Failure(`${answer.status} ${String(parsed['code'])}: ${String(parsed['detail'] ?? parsed['title'])}`);
  return parsed;
}
