import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workspaceRoot } from '../workspace.js';
import type { LogKind, Scale, Scenario } from './scenario.js';

type Command = {
  readonly name: string;
  readonly must: string;
  readonly logs?: readonly LogKind[];
  /** The command, where one shows several claims. Default: the name. */
  readonly command?: string;
  /** The arguments of `npm run <command>` by scale; seed and log are added where the command takes them. */
  readonly size: Readonly<Record<Scale, readonly string[]>>;
  /** How the command is told of the log: an option of its own, or an option of `npm start`. */
  readonly log: 'own' | 'start';
  readonly takesSeed?: boolean;
  readonly inCi?: readonly LogKind[];
  readonly aimless?: Scale;
};

/** A command of the journeys (`apps/e2e/src/cli`) as a scenario: its last line is the figure, its lines `WRONG …` are what does not hold. */
function ofCommand({
  name,
  must,
  logs = ['postgres', 'kafka'],
  command = name,
  size,
  log,
  takesSeed = false,
  inCi,
  aimless,
}: Command): Scenario {
  return {
    name,
    must,
    logs,
    ...(inCi === undefined ? {} : { inCi }),
    ...(aimless === undefined ? {} : { aimless }),
    async run(setting) {
      const ofLog = log === 'own' ? ['--log', setting.logKind] : setting.logKind === 'kafka' ? ['--', '--kafka'] : [];
      const args = [...setting.size(size), ...(takesSeed ? ['--seed', String(setting.seed)] : []), ...ofLog];
      const child = spawn(process.execPath, [join(workspaceRoot, 'apps/e2e/dist/cli', `${command}.js`), ...args], {
        cwd: workspaceRoot,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines: string[] = [];
      createInterface(child.stdout).on('line', (line) => (lines.push(line), setting.say(line)));
      const [code] = (await once(child, 'close')) as [number | null];
      const faults = lines.filter((line) => line.startsWith('WRONG ')).map((line) => line.slice('WRONG '.length));
      return { figure: lines.at(-1) ?? 'it said nothing', faults: code !== 0 && faults.length === 0 ? [`it ended with ${code}`] : faults };
    },
  };
}

/** Proofs on a whole system, from the outside. */
export const wholeSystem: readonly Scenario[] = [
  ofCommand({
    name: 'fuzz',
    must: 'requests made of the OpenAPI description, good ones and broken ones, for every operation: 0 × 5xx, 0 answers of a status, type or shape that is not described',
    logs: ['postgres'],
    log: 'start',
    takesSeed: true,
    size: { short: ['--examples', '3'], full: [] },
  }),
  ofCommand({
    name: 'race',
    must: 'more buyers than units at once, on two replicas: exactly as many orders as units, nothing reserved',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--rounds', '2'], full: ['--units', '50', '--buyers', '500', '--rounds', '20'] },
  }),
  ofCommand({
    name: 'double-clicks',
    must: 'double clicks, 20 clicks at once by one key, one cart by 5 keys at once: one order and one charge per cart, replays byte for byte',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--pairs', '50', '--crowds', '20', '--keys', '20'], full: [] },
  }),
  ofCommand({
    name: 'multi-line',
    must: 'random carts of several lines on products that lie at three locations and sell out, on two replicas: all or nothing, 0 deadlocks, stock adds up',
    logs: ['postgres'],
    log: 'start',
    takesSeed: true,
    size: { short: ['--carts', '200'], full: [] },
  }),
  ofCommand({
    name: 'price-changes',
    must: 'prices that change during the checkout, tampered requests, coupon races: 0 orders at a total nobody saw or a client made, limits hold',
    logs: ['postgres'],
    log: 'start',
    takesSeed: true,
    size: { short: ['--changes', '100', '--coupons', '3'], full: [] },
  }),
  ofCommand({
    name: 'planted-violations',
    must: 'a wrong row of every kind, written by hand into the database of a service: the audit names its invariant, the order, the row and what to do, and nothing else',
    logs: ['postgres'],
    log: 'start',
    size: { short: [], full: [] },
  }),
  ofCommand({
    name: 'reservations-return',
    must: 'order killed while it holds reservations, and away for longer than they last: all stock back ≤ 5 s after; a payment that comes later gets stock anew or goes back; a seat held at the bank for too long is another’s',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--checkouts', '24', '--at-once', '12'], full: [] },
  }),
  ofCommand({
    name: 'take-over',
    must: 'an order process killed, asleep or cut off from PostgreSQL in mid-payment: the other goes on ≤ 3 s; both killed: each goes on ≤ 1 s after it is ready again; each order charged once, also when whoever was away is back',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--rounds', '1'], full: [] },
  }),
  ofCommand({
    name: 'rolling-restarts',
    must: 'two replicas of the storefront and of every service behind it, one after the other restarted by SIGTERM under load: 0 failed requests, ≤ 5 % refused as overloaded, drained ≤ 10 s',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--restarts', '16', '--shoppers', '3'], full: [] },
  }),
  ofCommand({
    name: 'upgrades',
    must: '50 checkouts under way when the version of order changes, its saga with a step added, removed or swapped, up and back: 0 stuck, 0 paid without an order, 0 charged twice',
    logs: ['postgres'],
    log: 'start',
    takesSeed: true,
    size: { short: ['--checkouts', '8'], full: [] },
  }),
  ofCommand({
    name: 'postgres-away',
    must: 'PostgreSQL away for 60 s under load: 503 ≤ 1 s, 0 × 500, nothing parked, a checkout ≤ 10 s after it is back',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--seconds', '10'], full: [] },
  }),
  ofCommand({
    name: 'outages',
    must: 'mail, carrier, storage and the PDF worker each away for 2 min at 5 orders/s, between healthy times: checkout p50 + ≤ 10 %, p99 + ≤ 25 %, all delivered after, once',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--seconds', '4', '--rounds', '1', '--p50', '3', '--p99', '6'], full: [] },
  }),
  ofCommand({
    name: 'broker-away',
    command: 'outages',
    must: 'Kafka is killed and away for 5 min at 5 orders/s, between healthy times: every checkout accepted, p50 + ≤ 10 %, p99 + ≤ 25 % (medians over the rounds), no process + > 20 MB; everything delivered ≤ 60 s after, once',
    logs: ['kafka'],
    log: 'start',
    size: {
      short: ['--part', 'kafka', '--seconds', '20', '--rounds', '1', '--p50', '3', '--p99', '6', '--mb', '100'],
      full: ['--part', 'kafka', '--seconds', '300'],
    },
  }),
  ofCommand({
    name: 'broker-hung',
    command: 'outages',
    must: 'Kafka is stopped as if it slept for 2 min at 5 orders/s, between healthy times: every checkout accepted, p50 + ≤ 10 %, p99 + ≤ 25 % (medians over the rounds), no process + > 20 MB; everything delivered ≤ 60 s after, once',
    logs: ['kafka'],
    log: 'start',
    size: {
      short: ['--part', 'kafka-hung', '--seconds', '20', '--rounds', '1', '--p50', '3', '--p99', '6', '--mb', '100'],
      full: ['--part', 'kafka-hung', '--seconds', '120'],
    },
  }),
  ofCommand({
    name: 'checkout-round-trips',
    must: 'a checkout’s round trips to PostgreSQL, read off the wire: order and inventory together ≤ 8 on the happy path',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--checkouts', '10'], full: [] },
  }),
  ofCommand({
    name: 'live-under-chaos',
    must: 'orders followed live through a balancer before two storefronts while a random service is killed every 2 s, a storefront every 11 s: ≥ 200 reconnects by Last-Event-ID, 0 gaps, 0 repeats',
    log: 'own',
    takesSeed: true,
    size: { short: ['--orders', '10', '--reconnects', '100'], full: [] },
  }),
  ofCommand({
    name: 'streams',
    must: '2,000 streams of orders open on one storefront process: ≤ 30 kB each, none is lost, and an order among them is followed live',
    logs: ['postgres'],
    log: 'start',
    aimless: 'short',
    size: { short: ['--streams', '200', '--kb', '200'], full: [] },
  }),
  ofCommand({
    name: 'followers',
    must: '10,000 followers of one product told ≤ 60 s, notification killed twice on the way: each told once; orders come meanwhile and have everything ≤ 10 s after',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--followers', '1000'], full: [] },
  }),
  ofCommand({
    name: 'mail-backlog',
    must: 'orders are confirmed, shipped and delivered while the mail server is away; then 10,000 mails leave at its pace: each once, an order’s in their order',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--orders', '40'], full: [] },
  }),
  ofCommand({
    name: 'media-workers',
    must: 'pictures made into 12 renditions each by one and by two workers, in turn: two make ≥ 1.3 × as many; wants two free cores',
    logs: ['postgres'],
    log: 'start',
    aimless: 'short',
    size: { short: ['--pictures', '4', '--rounds', '1', '--at-least', '0'], full: [] },
  }),
  ofCommand({
    name: 'sick-bank',
    must: '30 % timeouts after the charge, 10 % answers 500, 10 % webhooks twice or early: 0 double charges, 0 charges without an order, 0 unknown after 120 s, the auditor finds nothing',
    logs: ['postgres'],
    log: 'start',
    takesSeed: true,
    size: { short: ['--orders', '100'], full: ['--orders', '2000'] },
  }),
  ofCommand({
    name: 'killed-refunds',
    must: 'order, payment, inventory and the bank killed during refunds and challenges: refunded to the cent, once, all stock back',
    log: 'start',
    size: { short: ['--orders', '8', '--kills', '4'], full: ['--orders', '60', '--kills', '24'] },
  }),
  ofCommand({
    name: 'crash-points',
    must: 'kill -9 before and after every I/O of checkout, cancel, refund, webhook, sweeper, relay, consumers and start: each point that was passed is died at, 0 violations',
    log: 'own',
    size: { short: ['--every', '40'], full: [] },
  }),
  ofCommand({
    name: 'chaos',
    must: 'a random service killed every 2 s, PostgreSQL every 60 s and Kafka, where it is the log, every 30 s: every order has one charge, one mail, one shipment, one invoice, one entry of points, or was answered 202 and cancelled with its money back; drained ≤ 60 s',
    log: 'own',
    takesSeed: true,
    inCi: ['kafka'],
    size: { short: ['--orders', '50'], full: ['--orders', '10000', '--shoppers', '24'] },
  }),
  ofCommand({
    name: 'crowd',
    aimless: 'short',
    must: '500 checkouts in the same moment on 10 connections to the database: no 500, every refusal with Retry-After, ≥ 90 % of the peak',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--checkouts', '100', '--at-least', '0.5'], full: [] },
  }),
  ofCommand({
    name: 'overload',
    aimless: 'short',
    must: 'ten times the load for 60 s: goodput ≥ 85 %, p99 of the accepted ≤ 2 ×, refusals ≤ 50 ms, calm ≤ 5 s',
    logs: ['postgres'],
    log: 'start',
    size: { short: ['--seconds', '10', '--goodput', '0.5', '--p99', '6', '--refusal', '100', '--calm', '15'], full: [] },
  }),
];
