import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOf, givenUpFaults, moneyFaults } from '../chaos/verify.js';
import { insist } from '../client/insist.js';
import { until } from '../client/until.js';
import { accepted, read, type Round, type Shop, statusFaults } from './rounds.js';

/** How long stock is reserved for a checkout while crash points are looked for, seconds: longer than a process takes to come back. */
export const reservationSeconds = 10;
const patienceMs = 120_000;

/** What services do by themselves when they start, schedules and sweepers among it, which then come again and again: one service, or all of them. */
export function startOf(service?: string): Round {
  return async (at) => {
    await at.kill(service);
    const isWhole = async (): Promise<boolean> => (await at.http('GET', '/readyz').catch(() => undefined))?.status === 200;
    await until('the shop to be whole again', isWhole, patienceMs);
    return () => Promise.resolve([]);
  };
}

/** What sweepers do when there is nothing else to be done. */
export const sweeps: Readonly<Record<string, Round>> = {
  'a schedule run by hand': async (at) => {
    const path = '/ops/v1/schedules/inventory/expire-reservations/run';
    const answer = await insist(at.http, { path, token: at.clerkToken, body: { reason: 'to see it run' } });
    if (answer.status !== 200) throw new Error(`a schedule was answered ${answer.status} ${answer.text}`);
    return () => Promise.resolve([]);
  },
  'a challenge that outlasts its reservation': (at) => outlasting(at, () => undefined),
  'a bank that is never heard': async (at) => {
    const visit = await accepted(at, 'pm_card_timeout_uncharged');
    await until('the shop to give the order up', async () => (await read(at, visit)).body.status === 'cancelled', patienceMs);
    return () => givenUpFaults(visit, at.http, at.outside);
  },
};

/** A point that a sweeper passes with something in its hands, and what gives it that. Where every look passes it, the crash is armed only when there is something. */
export type Sweep = { readonly passes: RegExp; readonly drive: (at: Shop, arm: () => void) => ReturnType<Round> };

/** What sweepers have to be met with; each has to pass its points. */
export const withWork: Readonly<Record<string, Sweep>> = {
  'a challenge that outlasts its reservation': { passes: /^inventory: commit inventory_expire_due,/, drive: outlasting },
  'a debt of a cancellation': {
    passes: /^order: database order_take_owed, after, with rows$/,
    drive: async (at, arm) => {
      const visit = await accepted(at, 'pm_card_visa');
      arm();
      const answer = await insist(at.http, { path: `/v1/orders/${visit.orderId}/cancel`, token: visit.token, body: {} });
      if (answer.status !== 200) throw new Error(`a cancellation was answered ${answer.status} ${answer.text}`);
      return async () => [...(await statusFaults(at, visit, 'cancelled')), ...(await moneyFaults(visit.orderId, at.outside, 0))];
    },
  },
  'news of a challenge': { passes: /^payment: database payment_take_due_news, after, with rows$/, drive: challenged },
  'a mail that is due': { passes: /^notification: database notification_take_mail, after, with rows$/, drive: challenged },
};

/** The bank tells how a challenge ended, and the shopper is told of the order. */
async function challenged(at: Shop, arm: () => void): ReturnType<Round> {
  const visit = await accepted(at, 'pm_card_3ds');
  arm();
  await approve(at, visit.orderId);
  return () => faultsOf(visit, at.http, at.outside);
}

/** The shopper meets the bank's challenge when the stock has gone back: it is reserved anew. */
async function outlasting(at: Shop, arm: () => void): ReturnType<Round> {
  const path = `/admin/v1/variants/${at.variants[0]}/stock`;
  const reserved = async (): Promise<number> => (await insist(at.http, { method: 'GET', path, token: at.clerkToken })).body.reserved;
  const before = await reserved();
  const visit = await accepted(at, 'pm_card_3ds');
  // Two seconds after it was placed the order is looked at, and its stock is held for as long once more; just before that is over the sweeper has looked in vain for the last time.
  await sleep((reservationSeconds + 1.5) * 1_000);
  arm();
  await until('the stock to go back', async () => (await reserved()) <= before, patienceMs);
  await approve(at, visit.orderId);
  return () => faultsOf(visit, at.http, at.outside);
}

async function approve(at: Shop, orderId: string): Promise<void> {
  const [charge] = (await at.outside.charges(orderId)) as readonly { id?: string }[];
  await insist(at.sandbox, { path: `/bank/challenges/${charge?.id}`, body: { outcome: 'approve' } });
}
