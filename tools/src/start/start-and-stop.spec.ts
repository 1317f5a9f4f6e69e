import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isAlive, isPortFree } from '../processes.js';
import { type LaunchedSystem, launchSystem, newDataDir, removeDataDir } from '../testing/system-under-test.js';
import { waitFor } from '../waiting.js';
import { serviceNames, workspaceRoot } from '../workspace.js';
import { dataFolder, runningParts } from './data-folder.js';
import { previousPorts } from './ports.js';

// Real processes on real data: two systems, each started twice, both at the same moment. What a test needs, the one before it has left.
const env = { ...process.env, NODE_OPTIONS: '', SANDBOX_SMTP_PORT: '0', LOG_LEVEL: 'debug' };
const ada = { email: 'ada@tandem.example', password: 'tandem-ada-demo' };
const newcomer = { email: 'new@tandem.example', password: 'correct horse battery', name: 'New' };
const patient = 200_000;

type Said = { readonly status: number | null; readonly out: string; readonly err: string };

/** A command as npm runs it, to its end. */
function run(script: string, args: readonly string[], more: Record<string, string> = {}): Said {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: workspaceRoot,
    env: { ...env, ...more },
    encoding: 'utf8',
    timeout: 60_000, // one that should be refused and is not runs on
  });
  return { status, out: stdout, err: stderr };
}

const startAgain = (dataDir: string, more: Record<string, string> = { STOREFRONT_PORT: '0', SANDBOX_PORT: '0' }): Said =>
  run('tools/dist/cli/start.js', ['--data', dataDir], more);
const ps = (dataDir: string): Said => run('tools/dist/cli/ps.js', ['--data', dataDir]);
const stop = (dataDir: string): Said => run('tools/dist/cli/stop.js', ['--data', dataDir]);

type Answer = { readonly status: number; readonly requestId: string | null; readonly body: Record<string, unknown> };

async function call({ storefrontUrl }: LaunchedSystem, path: string, sent: { body?: object; token?: unknown; key?: string } = {}) {
  const headers = {
    ...(sent.body ? { 'content-type': 'application/json' } : {}),
    ...(sent.token ? { authorization: `Bearer ${String(sent.token)}` } : {}),
    ...(sent.key ? { 'idempotency-key': sent.key } : {}),
  };
  const method = sent.body ? (path.startsWith('PATCH ') ? 'PATCH' : 'POST') : 'GET';
  const url = `${storefrontUrl}/v1/${path.replace('PATCH ', '')}`;
  const answer = await fetch(url, { method, headers, ...(sent.body ? { body: JSON.stringify(sent.body) } : {}) });
  return {
    status: answer.status,
    requestId: answer.headers.get('x-request-id'),
    body: (await answer.json()) as Record<string, unknown>,
  } satisfies Answer;
}

const productsOf = async (system: LaunchedSystem): Promise<readonly { variants: readonly { id: string }[] }[]> =>
  (await call(system, 'products?limit=1')).body['data'] as never;

/** The README's journey: a mug, bought by Ada. */
async function buy(system: LaunchedSystem): Promise<Answer> {
  const token = (await call(system, 'auth/login', { body: ada })).body['accessToken'];
  const [product] = await productsOf(system);
  const { id: cart } = (await call(system, 'carts', { token, body: { currency: 'EUR' } })).body;
  await call(system, `carts/${String(cart)}/lines`, { token, body: { variantId: product?.variants[0]?.id, quantity: 1 } });
  const shippingAddress = { name: 'Ada', line1: 'Example Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
  const { total } = (await call(system, `PATCH carts/${String(cart)}`, { token, body: { shippingOptionId: 'standard', shippingAddress } }))
    .body;
  const body = { paymentMethod: 'pm_card_visa', expectedTotal: total };
  return call(system, `carts/${String(cart)}/checkout`, { token, body, key: `start-${String(cart)}` });
}

async function orderOf(system: LaunchedSystem, id: unknown): Promise<Record<string, unknown>> {
  const token = (await call(system, 'auth/login', { body: ada })).body['accessToken'];
  return (await call(system, `orders/${String(id)}`, { token })).body;
}

/** Every process of a system, its servers and its supervisor included. */
const pidsOf = async (dataDir: string): Promise<readonly number[]> => (await runningParts(dataFolder(dataDir))).map(({ pid }) => pid);

async function allGone(dataDir: string, pids: readonly number[]): Promise<void> {
  const folder = dataFolder(dataDir);
  expect(pids.length).toBeGreaterThanOrEqual(3);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(await runningParts(folder)).toEqual([]);
  const ports = Object.entries(await previousPorts(folder.run));
  const busy = await Promise.all(ports.map(async ([name, port]) => ((await isPortFree(port)) ? [] : [name])));
  expect(busy.flat()).toEqual([]);
}

/** What is wrong with a page of metrics: a sample without HELP and TYPE before it, or a heading that comes twice. Source: Prometheus text format 0.0.4. */
function faultsOf(text: string): readonly string[] {
  const headed = [...text.matchAll(/^# HELP (\w+) .+\n# TYPE \1 (counter|gauge|histogram|summary)$/gm)].map(([, name = '']) => name);
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('# '));
  const stray = samples.filter((line) => {
    const [, name = ''] = /^(\w+)(?:\{(?:\w+="(?:[^"\\]|\\.)*",?)*\})? (?:-?[\d.]+(?:e[+-]?\d+)?|Nan|NaN|[+-]Inf)$/.exec(line) ?? [];
    return !headed.includes(name) && !headed.includes(name.replace(/_(bucket|sum|count)$/, ''));
  });
  return [
    ...stray,
    ...headed.filter((name, index) => headed.indexOf(name) !== index),
    ...(samples.length > 100 ? [] : ['hardly a sample']),
  ];
}

type Rules = { readonly groups?: readonly { readonly rules: readonly { readonly expr: string }[] }[] };

/** Metrics that alert rules read, and those that pages of the reference name by a metric's ending. */
function namedElsewhere(): readonly string[] {
  const read = (folder: string, end: string): readonly string[] =>
    readdirSync(join(workspaceRoot, folder))
      .filter((file) => file.endsWith(end))
      .map((file) => readFileSync(join(workspaceRoot, folder, file), 'utf8'));
  const rules = read('deploy/prometheus', '.yml').flatMap((text) =>
    ((parse(text) as Rules).groups ?? []).flatMap(({ rules: each }) => each),
  );
  const inRules = rules.flatMap(({ expr }) => expr.match(/\b[a-z]+(_[a-z]+)+\b/g) ?? []);
  const pages = read('docs/reference', '.md').flatMap((text) => [
    ...text.matchAll(/`([a-z]+(?:_[a-z]+)*_(?:total|seconds))(?:\{[^`]*\})?`/g),
  ]);
  return [...inRules.map((name) => name.replace(/_(bucket|sum|count)$/, '')), ...pages.map(([, name = '']) => name)];
}

describe('systems that are started and stopped', () => {
  let [first, second] = ['', ''];
  let shop: LaunchedSystem | undefined;
  let empty: LaunchedSystem | undefined;
  const launched: LaunchedSystem[] = [];
  const launch = async (dataDir: string, ...args: readonly string[]): Promise<LaunchedSystem> => {
    const system = await launchSystem(dataDir, args, env);
    launched.push(system);
    return system;
  };
  const here = (system: LaunchedSystem | undefined): LaunchedSystem => {
    if (!system) throw new Error('the system did not come up, see the first test');
    return system;
  };
  let order: Record<string, unknown> = {};

  beforeAll(async () => ([first, second] = [await newDataDir(), await newDataDir()]));
  afterAll(async () => {
    for (const { child } of launched) child.kill('SIGTERM');
    await Promise.all(launched.map(({ ended }) => ended));
    for (const dataDir of [first, second]) {
      stop(dataDir); // what a failed test has left
      await removeDataDir(dataDir);
    }
  }, patient);

  it(
    'run side by side with data and ports of their own; --no-seed is an empty shop',
    async () => {
      [shop, empty] = await Promise.all([launch(first), launch(second, '--no-seed')]);
      const ports = await Promise.all([first, second].map((dataDir) => previousPorts(dataFolder(dataDir).run)));
      const all = ports.flatMap((each) => Object.values(each));
      expect(new Set(all).size).toBe(all.length);
      expect([await productsOf(shop), await productsOf(empty)]).toEqual([[expect.anything()], []]);
    },
    patient,
  );

  it('are listed by their data: name and pid of every service', async () => {
    const pidOfAll = async (dataDir: string) => (await runningParts(dataFolder(dataDir))).find(({ part }) => part === 'all')?.pid;
    const [own, other] = [await pidOfAll(first), await pidOfAll(second)];
    expect(own).not.toBe(other);
    const npm = spawnSync('npm', ['run', '-s', 'ps', '--', '--data', first], { cwd: workspaceRoot, env, encoding: 'utf8' });
    expect(npm.stdout.trimEnd().split('\n')).toEqual(serviceNames().map((name) => `${name} ${own}`));
    expect(ps(second).out.trimEnd().split('\n')).toEqual(serviceNames().map((name) => `${name} ${other}`));
  });

  it('measure what docs/reference/metrics.md lists, no more and no less, and all that docs and alert rules name', async () => {
    const text = await (await fetch(`${here(shop).storefrontUrl}/metrics`)).text();
    expect(faultsOf(text)).toEqual([]);
    const served = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].filter(([, name = '']) => !/^(process|nodejs)_/.test(name));
    const page = readFileSync(join(workspaceRoot, 'docs/reference/metrics.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)];
    const told = ([, name, type]: RegExpMatchArray): string => `${name} ${type}`;
    expect(listed.map(told).sort()).toEqual(served.map(told).sort());
    const names = served.map(([, name]) => name);
    expect(namedElsewhere().filter((name) => !names.includes(name))).toEqual([]);
  });

  it('sell, and every service that a checkout asks says in its log for which request and which order', async () => {
    const { requestId, body } = await buy(here(shop));
    order = body;
    expect(order).toMatchObject({ status: 'confirmed' });
    const said = await waitFor({ timeoutMs: 10_000, what: 'the lines of the checkout' }, async () => {
      const lines = (await readFile(join(dataFolder(first).logs, 'all.log'), 'utf8')).split('\n').filter((line) => line.startsWith('{'));
      const of = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line['requestId'] === requestId);
      return of.some(({ rpc }) => rpc === 'OrderService/checkout') ? of : undefined;
    });
    const ofOrder = said
      .filter(({ orderId }) => orderId === order['id'])
      .map(({ service, rpc, msg }) => `${String(service)} ${String(rpc ?? msg)}`);
    expect(ofOrder).toEqual(
      expect.arrayContaining([
        'inventory InventoryService/reserve',
        'payment PaymentService/charge',
        'inventory InventoryService/take',
        'order a checkout was run',
      ]),
    );
    // What is asked before there is an order is found by the request alone.
    expect(said.map(({ service, rpc }) => `${String(service)} ${String(rpc)}`)).toEqual(
      expect.arrayContaining(['cart CartService/price', 'order OrderService/checkout']),
    );
  });

  it('refuse a port that is busy, the data of another one, and one port twice, each with the way out', async () => {
    const { port } = new URL(here(shop).storefrontUrl);
    const third = await newDataDir();
    const busy = startAgain(third, { STOREFRONT_PORT: port, SANDBOX_PORT: '0' });
    expect([busy.status, busy.err]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(`Port ${port} for the storefront is in use[^]*STOREFRONT_PORT=0 npm start[^]*npm run stop -- --data`),
      ),
    ]);
    const twice = startAgain(third, { STOREFRONT_PORT: '4000', SANDBOX_PORT: '4000' });
    expect([twice.status, twice.err]).toEqual([1, expect.stringContaining('STOREFRONT_PORT and SANDBOX_PORT are both 4000')]);
    expect(existsSync(join(third, 'postgres'))).toBe(false);
    await removeDataDir(third);
    const again = startAgain(first);
    expect([again.status, again.err]).toEqual([
      1,
      expect.stringMatching(/already runs on [^]*supervisor \(process \d+\)[^]*npm run stop -- --data /),
    ]);
  });

  it('are ended by their pid files, also when the supervisor was killed: nothing is left, and the other one stays', async () => {
    await call(here(empty), 'auth/register', { body: newcomer });
    const pids = await pidsOf(first);
    here(shop).child.kill('SIGKILL');
    await here(shop).ended;
    const stale = startAgain(first);
    expect([stale.status, stale.err]).toEqual([
      1,
      expect.stringMatching(/already runs on [^]*: all \(process \d+\)[^]*npm run stop -- --data /),
    ]);
    expect([stop(first).status, ps(first).out]).toEqual([0, '']);
    await allGone(first, pids);
    expect((await call(here(empty), 'auth/login', { body: newcomer })).status).toBe(200);
  });

  it('are ended by npm run stop as by Ctrl-C: the supervisor ends with 0', async () => {
    const pids = await pidsOf(second);
    expect(stop(second)).toMatchObject({ status: 0, out: expect.stringMatching(/^stopped .*supervisor/) });
    expect(await here(empty).ended).toBe(0);
    await allGone(second, pids);
    expect(stop(second)).toMatchObject({ status: 0, out: expect.stringContaining(`nothing was running on ${second}`) as unknown });
  });

  it(
    'keep an order over the second start, at the same address; --fresh keeps nothing',
    async () => {
      const address = here(shop).storefrontUrl;
      [shop, empty] = await Promise.all([launch(first), launch(second, '--fresh', '--no-seed')]);
      expect(shop.storefrontUrl).toBe(address);
      const { id, number, total } = order;
      expect(await orderOf(shop, id)).toMatchObject({ id, number, total, status: 'confirmed' });
      expect((await call(empty, 'auth/login', { body: newcomer })).status).toBe(401);
    },
    patient,
  );

  it('end with Ctrl-C, and nothing is left', async () => {
    const pids = await pidsOf(first);
    here(shop).child.kill('SIGINT');
    expect(await here(shop).ended).toBe(0);
    await waitFor({ timeoutMs: 10_000, what: 'the end of every process' }, () => (pids.some(isAlive) ? undefined : true));
    await allGone(first, pids);
  });
});
