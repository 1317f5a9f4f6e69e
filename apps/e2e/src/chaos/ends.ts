import type { Http } from '../client/http.js';
import { queuesAreEmpty } from '../client/queues.js';
import { settled } from '../client/settled.js';
import { patientStaff, staff } from '../client/shopper.js';
import { until } from '../client/until.js';
import { world } from '../client/world.js';
import { inParallel } from '../system/in-parallel.js';
import type { Visit } from './shop.js';
import { faultsOf, givenUpFaults, leftoversOf } from './verify.js';

export type Ends = {
  readonly visits: readonly Visit[];
  readonly faults: readonly string[];
  /** When nothing waited any more and every order was right; undefined when that was not so in time. */
  readonly drainedAt: number | undefined;
};

/** Of the answered orders more than this share given up is no accident. */
const mostGivenUp = 0.05;
/** Orders are looked at so many at once, and so many before the token is too old; those of the last minutes are no more. */
const looksAtOnce = 8;
const looksWithOneToken = 1_000;
const patienceMs = 60_000;

type Looking = { readonly shopHttp: Http; readonly sandbox: Http };

/**
 * Waits until nothing waits any more and the newest visits are right, until time is up; then looks at every visit. Of thousands of visits that look takes
 * longer than the shop may take to drain, so it is no part of that time: whatever it finds wrong then is late for certain.
 */
export async function endsOf(begun: readonly Visit[], { endsBy, ...looking }: Looking & { readonly endsBy: number }): Promise<Ends> {
  const isEmpty = async (): Promise<boolean> => queuesAreEmpty(await staff(looking.shopHttp));
  const isUpAndEmpty = (): Promise<boolean> => isEmpty().catch(() => false); // the shop may be on its way up
  const emptyAt = await until('empty queues', isUpAndEmpty, endsBy - Date.now()).then(Date.now, () => undefined);
  const visits = await withEnds(begun, looking.shopHttp);
  const drainedAt = emptyAt && (await whenRight(visits.slice(-looksWithOneToken), { emptyAt, endsBy, ...looking }));
  const faults = (await wrongOf(visits, looking)).flatMap((wrong) => wrong.faults);
  return { visits, faults: [...faults, ...tooManyGivenUp(visits)], drainedAt };
}

/** Since when all of these visits are right: since nothing waits when each is at the first look; undefined when one is not in time. */
async function whenRight(
  visits: readonly Visit[],
  { emptyAt, endsBy, ...looking }: Looking & { readonly emptyAt: number; readonly endsBy: number },
): Promise<number | undefined> {
  const late = (await wrongOf(visits, looking)).map(({ visit }) => visit);
  if (late.length === 0) return emptyAt;
  const still = await settled(async () => (await wrongOf(late, looking)).flatMap(({ faults }) => faults), endsBy - Date.now());
  return still.length === 0 && Date.now() <= endsBy ? Date.now() : undefined;
}

/** The same visits; the shop may have cancelled an order that it had answered with 202. */
async function withEnds(visits: readonly Visit[], shopHttp: Http): Promise<readonly Visit[]> {
  const clerk = await patientStaff(shopHttp);
  return inParallel(visits, looksAtOnce, async (visit): Promise<Visit> => {
    if (visit.kind !== 'accepted' || !visit.wasUndecided) return visit;
    const order = await until(`order ${visit.orderId}`, () => clerk.order(visit.orderId).catch(() => undefined), patienceMs);
    return order.status === 'cancelled' ? { ...visit, kind: 'given-up' } : visit;
  });
}

type Wrong = { readonly visit: Visit; readonly faults: readonly string[] };

/** The visits that left something wrong. Staff look: the shoppers' own tokens may be too old by now. */
async function wrongOf(visits: readonly Visit[], { shopHttp, sandbox }: Looking): Promise<readonly Wrong[]> {
  const outside = world(sandbox);
  const found: Wrong[] = [];
  for (let from = 0; from < visits.length; from += looksWithOneToken) {
    const { token } = await patientStaff(shopHttp);
    const look = async (visit: Visit): Promise<readonly string[]> => {
      if (visit.kind === 'accepted') return faultsOf({ ...visit, token }, shopHttp, outside);
      if (visit.kind === 'given-up') return givenUpFaults({ ...visit, token }, shopHttp, outside);
      return visit.kind === 'declined' ? leftoversOf(visit, outside) : [`visit ${visit.plan.number} failed: ${visit.because}`];
    };
    await inParallel(visits.slice(from, from + looksWithOneToken), looksAtOnce, async (visit) => {
      const cannotLook = (error: Error): readonly string[] => [`visit ${visit.plan.number} cannot be looked at: ${error.message}`];
      found.push({ visit, faults: await look(visit).catch(cannotLook) });
    });
  }
  return found.filter(({ faults }) => faults.length > 0);
}

function tooManyGivenUp(visits: readonly Visit[]): readonly string[] {
  const givenUp = visits.filter(({ kind }) => kind === 'given-up').length;
  return givenUp > visits.length * mostGivenUp ? [`${givenUp} of ${visits.length} were answered 202 and cancelled`] : [];
}
