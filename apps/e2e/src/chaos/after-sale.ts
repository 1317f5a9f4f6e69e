import type { Http } from '../client/http.js';
import { insist, untilFinal } from '../client/insist.js';
import { until } from '../client/until.js';
import { photo } from '../client/photo.js';
import { shop } from './shop.js';

const patienceMs = 90_000;
const events = ['order.confirmed', 'order.shipped', 'order.delivered'];

export type Received = {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly verified: boolean | null;
};

/** A customer whose own system is told of its orders, at the sandbox's receiver. */
export type Listener = { readonly account: { readonly email: string; readonly password: string }; readonly inbox: string };

/** Makes the account and its endpoint; insists. */
export async function listener(http: Http, sandbox: Http): Promise<Listener> {
  const inbox = `listener-${Date.now()}`;
  const account = { email: `${inbox}@tandem.example`, password: 'correct horse battery' };
  await insist(http, { path: '/v1/auth/register', body: account }); // a lost answer leaves an account
  const token = await logIn(http, { account, inbox });
  const made = await insist(http, {
    path: '/v1/webhook-endpoints',
    body: { url: `${sandbox.baseUrl}/webhooks/inbox/${inbox}`, events },
    token,
  });
  if (made.status !== 201) throw new Error(`an endpoint was answered ${made.status} ${made.text}`);
  await insist(sandbox, { method: 'PUT', path: `/webhooks/${inbox}/secret`, body: { secret: made.body.secret } });
  return { account, inbox };
}

async function logIn(http: Http, { account }: Listener): Promise<string> {
  return (await insist(http, { path: '/v1/auth/login', body: account })).body.accessToken as string;
}

/** The listener buys one, and the parcel is taken to it; insists. Answers the order's id; undefined when the shop gave an undecided order up. */
export async function buyAndReceive(
  http: Http,
  sandbox: Http,
  who: Listener & { readonly variantId: string },
): Promise<string | undefined> {
  const token = await logIn(http, who);
  const account = { email: who.account.email, token };
  const visit = await shop(
    http,
    { number: 0, isCustomer: true, lines: [{ product: 0, quantity: 1 }], paymentMethod: 'pm_card_visa', account },
    [who.variantId],
  );
  if (visit.kind !== 'accepted')
    throw new Error(`the listener's visit was ${visit.kind}${visit.kind === 'failed' ? `: ${visit.because}` : ''}`);
  const order = async (): Promise<{ status: string; shipments?: readonly { trackingCode: string }[] }> =>
    (await insist(http, { method: 'GET', path: `/v1/orders/${visit.orderId}`, token })).body;
  const parcelOrEnd = async (): Promise<{ trackingCode?: string } | undefined> => {
    const { status, shipments } = await order();
    return visit.wasUndecided && status === 'cancelled' ? {} : shipments?.[0];
  };
  const { trackingCode } = await until('a parcel', parcelOrEnd, patienceMs);
  if (trackingCode === undefined) return undefined;
  for (const [says, become] of [
    ['in-transit', 'shipped'],
    ['delivered', 'delivered'],
  ]) {
    await insist(sandbox, { path: `/carrier/shipments/${trackingCode}/events`, body: { status: says } });
    await until(`the order to be ${become}`, async () => (await order()).status === become, patienceMs);
  }
  return visit.orderId;
}

/** What is wrong with what the listener received: every signature held, every event of every order came, in order, and no id came with two bodies. */
export function webhookFaults(orderIds: readonly string[], received: readonly Received[]): readonly string[] {
  const bodies = new Map<string, string>();
  const changed: string[] = [];
  const forged = received
    .filter(({ verified }) => verified !== true)
    .map(({ headers }) => `webhook ${headers['webhook-id']} was not signed with the secret`);
  const firsts: { readonly type: string; readonly orderId: string }[] = [];
  for (const { headers, body } of received) {
    const id = headers['webhook-id'] ?? '';
    const known = bodies.get(id);
    if (known !== undefined && known !== body) changed.push(`webhook ${id} came with two bodies`);
    if (known !== undefined) continue; // told again, as at-least-once allows
    bodies.set(id, body);
    const { type, data } = JSON.parse(body) as { type: string; data: { orderId: string } };
    firsts.push({ type, orderId: data.orderId });
  }
  const wrong = orderIds.flatMap((orderId) => {
    const told = firsts.filter((first) => first.orderId === orderId).map(({ type }) => type);
    return told.join() === events.join() ? [] : [`${orderId}: its webhooks came as ${told.join(' ') || 'none'}`];
  });
  return [...forged, ...changed, ...wrong];
}

/** Everything the listener received, in the order in which it came. */
export async function receivedBy(sandbox: Http, { inbox }: Listener): Promise<readonly Received[]> {
  const all: Received[] = [];
  for (let cursor = ''; ;) {
    const { data, nextCursor } = (await insist(sandbox, { method: 'GET', path: `/webhooks/received?name=${inbox}&limit=100${cursor}` }))
      .body as { data: readonly Received[]; nextCursor: string | null };
    all.push(...data);
    if (nextCursor === null) return all;
    cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
  }
}

/** Staff send a small picture nobody has sent before; insists. Answers its id. */
export async function upload(http: Http, token: string): Promise<string> {
  const raw = await photo(400, 300);
  const answer = await untilFinal('an upload', () =>
    http('POST', '/admin/v1/media', { token, raw, headers: { 'content-type': 'image/jpeg' } }),
  );
  if (answer.status !== 202) throw new Error(`an upload was answered ${answer.status} ${answer.text}`);
  return answer.body.mediaId as string;
}

/** What is wrong with a picture of 400 pixels: it is ready, with each of its renditions (2 widths, 3 formats) once. */
export async function pictureFaults(http: Http, token: string, mediaId: string): Promise<readonly string[]> {
  const { state, renditions } = (await insist(http, { method: 'GET', path: `/admin/v1/media/${mediaId}`, token })).body as {
    state: string;
    renditions?: readonly { url: string }[];
  };
  const [all, different] = [renditions?.length ?? 0, new Set(renditions?.map(({ url }) => url)).size];
  return state === 'ready' && all === 6 && different === 6
    ? []
    : [`${mediaId}: is ${state} with ${all} renditions, ${different} different`];
}
