import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, runMain } from '../failure.js';
import { dataFolder } from '../start/data-folder.js';
import { dataDirOf } from '../start/options.js';

const usage = `npm run dead-letters -- list [--group G] [--type T] [--reason R] [--order ord_…] [--status open|replayed|discarded]
npm run dead-letters -- show dl_…
npm run dead-letters -- replay dl_… | --order ord_… | --group G [--dry-run]
npm run dead-letters -- discard dl_… --reason TEXT
Where: --url URL, else the system of --data DIR. Who: TANDEM_STAFF_EMAIL and TANDEM_STAFF_PASSWORD, in development the demo account.`;

/** What consumers have set aside, over the storefront's operations API: the same rights, the same audit rows. */
await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string' }, data: { type: 'string' }, group: { type: 'string' }, type: { type: 'string' }, reason: { type: 'string' },
      order: { type: 'string' }, status: { type: 'string' }, 'dry-run': { type: 'boolean', default: false },
    },
  });
  const [verb, id] = positionals;
  const ask = await signIn(values.url ?? systemUrl(values.data));
  const filter = { group: values.group, type: values.type, reason: values.reason, orderId: values.order, status: values.status };
  if (verb === 'list') return printList(await ask('GET', `/ops/v1/dead-letters?limit=100&${query(filter)}`));
  if (verb === 'show' && id) return console.log(JSON.stringify(await ask('GET', `/ops/v1/dead-letters/${id}`), null, 2));
  if (verb === 'replay' && id) return console.log(JSON.stringify(await ask('POST', `/ops/v1/dead-letters/${id}/replay`), null, 2));
  if (verb === 'replay') {
    const { status: _status, ...narrow } = defined(filter);
    if (Object.keys(narrow).length === 0) throw new Failure('replay: got neither an id nor a filter, wants one of them');
    return console.log(JSON.stringify(await ask('POST', '/ops/v1/dead-letters/replay', { ...narrow, dryRun: values['dry-run'] })));
  }
  if (verb === 'discard' && id) {
    if (!values.reason) throw new Failure('discard: wants --reason, because it is final');
    return console.log(JSON.stringify(await ask('POST', `/ops/v1/dead-letters/${id}/discard`, { reason: values.reason }), null, 2));
  }
  throw new Failure(usage);
});

type Ask = (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;

function systemUrl(data: string | undefined): string {
  const file = join(dataFolder(dataDirOf(data)).run, 'ports.json');
  if (!existsSync(file)) throw new Failure(`No system has run on ${file}: start one (npm start), or name its address with --url.`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { storefrontUrl: string }).storefrontUrl;
}

async function signIn(url: string): Promise<Ask> {
  const email = process.env['TANDEM_STAFF_EMAIL'] ?? 'staff@tandem.example';
  const password = process.env['TANDEM_STAFF_PASSWORD'] ?? 'tandem-staff-demo';
  const { accessToken } = (await call(url, { method: 'POST', path: '/v1/auth/login', body: { email, password } })) as { accessToken: string };
  return (method, path, body) => call(url, { method, path, ...(body ? { body } : {}), token: accessToken });
}

async function call(url: string, { method, path, body, token }: { method: string; path: string; body?: object; token?: string }): Promise<Record<string, unknown>> {
  const headers = { ...(body ? { 'content-type': 'application/json' } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(new URL(path, url), { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }).catch((cause: unknown) => {
    throw new Failure(`${url} does not answer: ${(cause as Error).message}`);
  });
  const parsed = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Failure(`${answer.status} ${String(parsed['code'])}: ${String(parsed['detail'] ?? parsed['title'])}`);
  return parsed;
}

function defined(filter: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function query(filter: Readonly<Record<string, string | undefined>>): string {
  return new URLSearchParams(defined(filter)).toString();
}

function printList({ data }: Record<string, unknown>): void {
  const letters = data as readonly Record<string, unknown>[];
  if (letters.length === 0) return console.log('Nothing is set aside.');
  for (const { id, group, type, key, status, attempts, reason } of letters) console.log(`${String(id)}  ${String(group)}  ${String(type)}  ${String(key)}  ${String(status)}  ${String(attempts)} tries  ${String(reason)}`);
}
