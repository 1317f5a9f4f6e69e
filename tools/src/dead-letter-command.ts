import { commandLine, type Verbs, verbOf, WrongUsage } from './command-line.js';

const usage = `npm run dead-letters -- list [--group G] [--type T] [--reason R] [--order ord_…] [--older-than 10m] [--status open|dead|replayed|discarded]
npm run dead-letters -- show dl_…
npm run dead-letters -- replay dl_… --why TEXT
npm run dead-letters -- replay --group G … (as for list, without --status) | --all [--per-second N] --why TEXT
npm run dead-letters -- replay --group G … | --all --dry-run
npm run dead-letters -- discard dl_… --why TEXT
npm run dead-letters -- log
--reason finds the class of the failure (invalid, poison, transient, gap, behind) or a part of its text.
Where: --url URL, else the system of --data DIR. Who: TANDEM_STAFF_EMAIL and TANDEM_STAFF_PASSWORD, in development the demo account.`;

const options = {
  url: { type: 'string' },
  data: { type: 'string' },
  group: { type: 'string' },
  type: { type: 'string' },
  reason: { type: 'string' },
  order: { type: 'string' },
  status: { type: 'string' },
  all: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  why: { type: 'string' },
  'older-than': { type: 'string' },
  'per-second': { type: 'string' },
} as const;
type Option = keyof typeof options;

const verbs = { list: [], show: ['dl_…'], replay: ['[dl_…]'], discard: ['dl_…'], log: [] } as const satisfies Verbs<string>;
const narrowing = ['group', 'type', 'reason', 'order', 'older-than'] as const;

/** What each form of the command takes beside where it goes. What has no effect is refused, so that nobody believes in it. */
const taken = {
  list: [...narrowing, 'status'],
  show: [],
  'replay of one': ['why'],
  'replay of many': [...narrowing, 'all', 'dry-run', 'per-second', 'why'],
  discard: ['why', 'reason'],
  log: [],
} as const satisfies Readonly<Record<string, readonly Option[]>>;

/** What narrows a list, as the API names it. */
export type LetterFilter = Readonly<Partial<Record<'group' | 'type' | 'reason' | 'orderId' | 'failedBefore' | 'status', string>>>;

/** What is to be done about dead letters. The bodies are those of the operations API. */
export type DeadLetterCommand =
  | { readonly kind: 'list'; readonly filter: LetterFilter }
  | { readonly kind: 'show'; readonly id: string }
  | { readonly kind: 'replay-one'; readonly id: string; readonly body: { readonly why: string } }
  | { readonly kind: 'replay-many'; readonly body: LetterFilter & ReplayOfMany }
  | { readonly kind: 'discard'; readonly id: string; readonly body: { readonly reason: string } }
  | { readonly kind: 'log' };
type ReplayOfMany = { readonly why?: string; readonly keysPerSecond?: number; readonly dryRun: boolean };

/** The system asked, and what it is asked. */
export type Asked = {
  readonly at: { readonly url: string | undefined; readonly data: string | undefined };
  readonly command: DeadLetterCommand;
};

/** What `args` ask for. Throws a `WrongUsage` for what is not understood, would have no effect or lacks its reason. */
export function deadLetterCommand(args: readonly string[], now: Date): Asked {
  const { values, positionals } = commandLine({ args: [...args], allowPositionals: true, options });
  const verb = verbOf(positionals, verbs, usage);
  const id = positionals[1] ?? '';
  const form = verb !== 'replay' ? verb : id === '' ? 'replay of many' : 'replay of one';
  refuseOthers(form, Object.keys(values) as Option[]);
  return { at: { url: values.url, data: values.data }, command: commandOf(form, id, values, now) };
}

type Given = { readonly [K in Option]?: (typeof options)[K]['type'] extends 'boolean' ? boolean : string };

function commandOf(form: keyof typeof taken, id: string, given: Given, now: Date): DeadLetterCommand {
  switch (form) {
    case 'list':
      return { kind: 'list', filter: filterOf(given, now) };
    case 'show':
      return { kind: 'show', id };
    case 'replay of one':
      return { kind: 'replay-one', id, body: { why: wantedWhy('replay', given.why, 'which stands in the audit log') } };
    case 'replay of many':
      return { kind: 'replay-many', body: replayOfMany(given, now) };
    case 'discard':
      return { kind: 'discard', id, body: { reason: wantedWhy('discard', given.why ?? given.reason, 'because it is final') } };
    case 'log':
      return { kind: 'log' };
  }
}

function refuseOthers(form: keyof typeof taken, given: readonly Option[]): void {
  const allowed: readonly Option[] = ['url', 'data', ...taken[form]];
  const other = given.find((option) => !allowed.includes(option));
  if (other === undefined) return;
  const takers = Object.entries(taken).flatMap(([name, its]) => ((its as readonly Option[]).includes(other) ? [name] : []));
  throw new WrongUsage(
    `${form}: takes no --${other}, which is for ${takers.join(', ')}. It takes ${allowed.map((option) => `--${option}`).join(', ')}.\n${usage}`,
  );
}

function replayOfMany(given: Given, now: Date): LetterFilter & ReplayOfMany {
  const filter = filterOf(given, now);
  const isNarrowed = Object.keys(filter).length > 0;
  if (isNarrowed === (given.all ?? false)) throw new WrongUsage('replay: wants one of an id, a filter and --all');
  const dryRun = given['dry-run'] ?? false;
  if (!dryRun) wantedWhy('replay', given.why, 'which stands in the audit log');
  return { ...filter, ...(given.why ? { why: given.why } : {}), ...paceOf(given['per-second']), dryRun };
}

function wantedWhy(verb: string, why: string | undefined, because: string): string {
  if (!why) throw new WrongUsage(`${verb}: wants --why, ${because}`);
  return why;
}

function filterOf(given: Given, now: Date): LetterFilter {
  const { group, type, reason, order, status } = given;
  const filter = { group, type, reason, orderId: order, status, failedBefore: momentBefore(given['older-than'], now) };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** `10m` ago: seconds, minutes, hours or days. */
function momentBefore(age: string | undefined, now: Date): string | undefined {
  if (age === undefined) return undefined;
  const [, count, unit] = /^(\d+)([smhd])$/.exec(age) ?? [];
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit ?? ''];
  if (unitMs === undefined) throw new WrongUsage(`--older-than: got "${age}", wants e.g. 30s, 10m, 2h or 1d`);
  return new Date(now.getTime() - Number(count) * unitMs).toISOString();
}

function paceOf(perSecond: string | undefined): { keysPerSecond?: number } {
  if (perSecond === undefined) return {};
  if (!/^[1-9]\d{0,2}$/.test(perSecond)) throw new WrongUsage(`--per-second: got "${perSecond}", wants 1 to 999`);
  return { keysPerSecond: Number(perSecond) };
}
