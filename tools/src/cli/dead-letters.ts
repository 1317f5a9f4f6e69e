import { commandLine, verbOf, WrongUsage } from '../command-line.js';
import { allPages, deadLetterLine, type ListedLetter } from '../dead-letter-line.js';
import { runMain } from '../failure.js';
import { signInAsStaff } from '../staff-api.js';

const usage = `npm run dead-letters -- list [--group G] [--type T] [--reason R] [--order ord_…] [--older-than 10m] [--status open|dead|replayed|discarded]
npm run dead-letters -- show dl_…
npm run dead-letters -- replay dl_… [--why TEXT]
npm run dead-letters -- replay --group G … (as for list) | --all [--dry-run] [--per-second N] [--why TEXT]
npm run dead-letters -- discard dl_… --why TEXT
npm run dead-letters -- log
--reason finds the class of the failure (invalid, poison, transient, gap, behind) or a part of its text.
Where: --url URL, else the system of --data DIR. Who: TANDEM_STAFF_EMAIL and TANDEM_STAFF_PASSWORD, in development the demo account.`;

/** What consumers have set aside, over the storefront's operations API: the same rights, the same audit rows. */
await runMain(async () => {
  const { values, positionals } = commandLine({
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      data: { type: 'string' },
      group: { type: 'string' },
      type: { type: 'string' },
      reason: { type: 'string' },
      order: { type: 'string' },
      status: { type: 'string' },
      all: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      why: { type: 'string' },
      'older-than': { type: 'string' },
      'per-second': { type: 'string' },
    },
  });
  const verb = verbOf(positionals, { list: [], show: ['dl_…'], replay: ['[dl_…]'], discard: ['dl_…'], log: [] }, usage);
  const id = positionals[1];
  const filter = {
    group: values.group,
    type: values.type,
    reason: values.reason,
    orderId: values.order,
    status: values.status,
    failedBefore: momentBefore(values['older-than']),
  };
  const { status: _status, ...narrow } = defined(filter);
  const named = [id !== undefined, Object.keys(narrow).length > 0, values.all].filter(Boolean).length;
  if (verb === 'replay' && named !== 1) throw new WrongUsage('replay: wants one of an id, a filter and --all');
  if (verb === 'replay' && !values['dry-run'] && !values.why) throw new WrongUsage('replay: wants --why, which stands in the audit log');
  const reason = values.why ?? values.reason;
  if (verb === 'discard' && !reason) throw new WrongUsage('discard: wants --why, because it is final');
  const pace = paceOf(values['per-second']);
  const why = values.why ? { why: values.why } : {};
  const ask = await signInAsStaff({ url: values.url, data: values.data }, process.env);
  const get = (path: string) => ask('GET', path);
  if (verb === 'list') return printList(await allPages(get, `/ops/v1/dead-letters?limit=100&${query(filter)}`), filter);
  if (verb === 'show') return console.log(JSON.stringify(await ask('GET', `/ops/v1/dead-letters/${id}`), null, 2));
  if (verb === 'replay' && id) return console.log(JSON.stringify(await ask('POST', `/ops/v1/dead-letters/${id}/replay`, why), null, 2));
  if (verb === 'replay')
    return console.log(
      JSON.stringify(await ask('POST', '/ops/v1/dead-letters/replay', { ...narrow, ...why, ...pace, dryRun: values['dry-run'] })),
    );
  if (verb === 'discard') return console.log(JSON.stringify(await ask('POST', `/ops/v1/dead-letters/${id}/discard`, { reason }), null, 2));
  printLog(await allPages(get, '/ops/v1/dead-letter-actions?limit=100'));
});

function defined(filter: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function query(filter: Readonly<Record<string, string | undefined>>): string {
  return new URLSearchParams(defined(filter)).toString();
}

/** `10m` ago: seconds, minutes, hours or days. */
function momentBefore(age: string | undefined): string | undefined {
  if (age === undefined) return undefined;
  const [, count, unit] = /^(\d+)([smhd])$/.exec(age) ?? [];
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit ?? ''];
  if (unitMs === undefined) throw new WrongUsage(`--older-than: got "${age}", wants e.g. 30s, 10m, 2h or 1d`);
  return new Date(Date.now() - Number(count) * unitMs).toISOString();
}

function paceOf(perSecond: string | undefined): { keysPerSecond?: number } {
  if (perSecond === undefined) return {};
  if (!/^[1-9]\d{0,2}$/.test(perSecond)) throw new WrongUsage(`--per-second: got "${perSecond}", wants 1 to 999`);
  return { keysPerSecond: Number(perSecond) };
}

function printLog(actions: readonly Record<string, unknown>[]): void {
  for (const { at, actor, action, deadLetter, why } of actions)
    console.log(`${String(at)}  ${String(actor)}  ${String(action)}  ${String(deadLetter)}  ${String(why)}`);
}

function printList(letters: readonly ListedLetter[], filter: Readonly<Record<string, string | undefined>>): void {
  const asked = Object.entries(defined(filter)).map(([name, value]) => `${name} ${value}`);
  if (letters.length === 0)
    return console.log(asked.length === 0 ? 'Nothing is set aside.' : `Nothing that is set aside has ${asked.join(', ')}.`);
  const now = new Date();
  for (const letter of letters) console.log(deadLetterLine(letter, now));
}
