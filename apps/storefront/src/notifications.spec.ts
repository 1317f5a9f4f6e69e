import { newId, notFound } from '@tandem/host';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

const token = '0123456789abcdef0123456789abcdef';
const email = { order: true, shipment: false, loyalty: true, marketing: false };
const notice = { id: 'ntc_1', kind: 'order.confirmed', orderId: 'ord_1', title: 'Thank you', at: '2026-11-21T12:00:00.000Z' };
const delivery = {
  id: 'ntc_1',
  orderId: 'ord_1',
  kind: 'order.confirmed',
  messageId: '<1>',
  to: 'ada@tandem.example',
  status: 'bounced',
  because: '550 no such mailbox',
  template: 'abc',
  at: notice.at,
  resendings: [{ at: notice.at, actor: 'cus_9', to: 'ada@tandem.example', reason: 'once more' }],
};

describe('what a shopper is told', () => {
  let storefront: SpecStorefront;
  const calls: unknown[] = [];
  const noted =
    <T>(reply: T) =>
    (request: object) => (calls.push(request), Promise.resolve(reply));

  beforeAll(async () => {
    storefront = await startStorefront({
      notification: {
        getPreferences: noted({ email, digest: false }),
        replacePreferences: (request: object) => noted(request)(request),
        listNotices: noted({ notices: [notice], nextCursor: 'more' }),
        listDeliveries: noted({ deliveries: [delivery] }),
        resendDelivery: noted({ ...delivery, status: 'queued' }),
        readNotice: noted({ ...notice, readAt: notice.at }),
        findUnsubscribe: (request: { token: string }) =>
          request.token === token ? noted({})({ looked: request.token }) : Promise.reject(notFound()),
        unsubscribe: (request: { token: string }) => (request.token === token ? noted({})(request) : Promise.reject(notFound())),
      },
    });
  });
  afterAll(() => storefront.close());
  beforeEach(() => void calls.splice(0));

  const ask = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
    fetch(`${storefront.url}${path}`, {
      method,
      headers: {
        authorization: 'Bearer customer:cus_1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });

  it('is chosen as a whole: every topic of every channel, and none that is unknown', async () => {
    expect(await (await ask('GET', '/v1/me/notification-preferences')).json()).toEqual({ email, digest: false });
    expect(await (await ask('PUT', '/v1/me/notification-preferences', JSON.stringify({ email }))).json()).toEqual({ email, digest: false });
    const quietHours = { from: '22:00', to: '07:30', timeZone: 'Europe/Berlin' };
    expect(await (await ask('PUT', '/v1/me/notification-preferences', JSON.stringify({ email, quietHours, digest: true }))).json()).toEqual(
      { email, quietHours, digest: true },
    );
    const wrong = (await (
      await ask('PUT', '/v1/me/notification-preferences', JSON.stringify({ email, quietHours: { ...quietHours, to: '24:00' } }))
    ).json()) as { errors: { pointer: string }[] };
    expect(wrong.errors.map(({ pointer }) => pointer)).toEqual(['/quietHours/to']);
    const sms = { to: '+4915112345678', order: true, shipment: true, loyalty: false, marketing: false };
    const texted = { email, digest: false, sms };
    expect(await (await ask('PUT', '/v1/me/notification-preferences', JSON.stringify({ email, sms }))).json()).toEqual(texted);
    expect(calls.at(-1)).toMatchObject({ sms: { to: sms.to, topics: { order: true, shipment: true, loyalty: false, marketing: false } } });
    const number = (await (
      await ask('PUT', '/v1/me/notification-preferences', JSON.stringify({ email, sms: { ...sms, to: '0151 1234567' } }))
    ).json()) as { errors: { pointer: string }[] };
    expect(number.errors.map(({ pointer }) => pointer)).toEqual(['/sms/to']);
    const refused = [
      {},
      { email: { order: true } },
      { email: { ...email, gossip: true } },
      { email, sms: email },
      { email, sms: { ...sms, gossip: true } },
      { email, push: email },
      { email: { ...email, order: 'yes' } },
    ];
    expect(
      await Promise.all(refused.map(async (body) => (await ask('PUT', '/v1/me/notification-preferences', JSON.stringify(body))).status)),
    ).toEqual(refused.map(() => 400));
  });

  it('is listed and read', async () => {
    expect(await (await ask('GET', '/v1/me/notifications?limit=1')).json()).toEqual({ data: [notice], nextCursor: 'more' });
    expect(await (await ask('POST', '/v1/me/notifications/ntc_1/read')).json()).toEqual({ ...notice, readAt: notice.at });
    expect(calls).toEqual([{ limit: 1, cursor: '' }, { noticeId: 'ntc_1' }]);
    expect((await fetch(`${storefront.url}/v1/me/notifications`)).status).toBe(401);
  });

  it('is listed to operators, who send it again', async () => {
    const staff = { authorization: 'Bearer staff:cus_9' };
    const orderId = newId('order');
    expect(await (await ask('GET', `/ops/v1/deliveries?orderId=${orderId}`, undefined, staff)).json()).toEqual({ data: [delivery] });
    const again = (body: object, headers = staff) => ask('POST', '/ops/v1/deliveries/ntc_1/resend', JSON.stringify(body), headers);
    const resent = await again({ reason: 'once more', to: 'bob@tandem.example' });
    expect([resent.status, await resent.json()]).toEqual([202, { ...delivery, status: 'queued' }]);
    expect(calls).toEqual([{ orderId }, { deliveryId: 'ntc_1', reason: 'once more', to: 'bob@tandem.example' }]);
    const refused = [{}, { reason: '' }, { reason: 'x', to: 'nobody' }, { reason: 'x', subject: 'y' }];
    expect(await Promise.all(refused.map(async (body) => (await again(body)).status))).toEqual([400, 400, 400, 400]);
    expect((await again({ reason: 'x' }, { authorization: 'Bearer customer:cus_1' })).status).toBe(403);
    expect((await ask('GET', '/ops/v1/deliveries', undefined, staff)).status).toBe(400);
  });

  it('is not listed of what is no order’s id: the answer names the field and the fix', async () => {
    for (const id of ['nope', 'T-1042', newId('cart')]) {
      const answer = await ask('GET', `/ops/v1/deliveries?orderId=${id}`, undefined, { authorization: 'Bearer staff:cus_9' });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([400, expect.stringMatching(/^application\/problem\+json/)]);
      const message = 'wants the id of an order (ord_…), not its number';
      expect(await answer.json()).toMatchObject({ errors: [{ pointer: '/query/orderId', message }] });
    }
    expect(calls).toEqual([]);
  });

  it('is switched off by the form of RFC 8058 without a token of one’s own, and by nothing else', async () => {
    const oneClick = (path: string, type: string) =>
      fetch(`${storefront.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body: 'List-Unsubscribe=One-Click' });
    expect((await oneClick(`/v1/unsubscribe/${token}`, 'application/x-www-form-urlencoded')).status).toBe(204);
    expect((await oneClick(`/v1/unsubscribe/${token}`, 'multipart/form-data; boundary=x')).status).toBe(204);
    expect((await fetch(`${storefront.url}/v1/unsubscribe/${token}`, { method: 'POST' })).status).toBe(204);
    expect((await oneClick(`/v1/unsubscribe/${token}`, 'text/plain')).status).toBe(415);
    expect((await oneClick('/v1/unsubscribe/other', 'application/x-www-form-urlencoded')).status).toBe(404);
    expect((await oneClick('/v1/auth/login', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await fetch(`${storefront.url}/v1/unsubscribe/${token}`, { method: 'PUT' })).status).toBe(405);
    expect(calls).toEqual([{ token }, { token }, { token }]);
  });

  const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': 'de' };

  it('is not switched off by opening the address: that shows a page with a button, without a script, and kept by nobody', async () => {
    for (const headers of [{}, browser]) {
      const shown = await fetch(`${storefront.url}/v1/unsubscribe/${token}`, { headers });
      const page = await shown.text();
      expect([shown.status, shown.headers.get('content-type'), shown.headers.get('cache-control')]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-store',
      ]);
      expect(shown.headers.get('content-security-policy')).toMatch(/^default-src 'none'; form-action 'self'; style-src 'unsafe-inline';/);
      expect(page).toContain(headers === browser ? '<html lang="de">' : '<html lang="en">');
      expect(page).toMatch(/<title>\S.*<\/title>[^]*<form method="post"><button name="List-Unsubscribe" value="One-Click">/);
      expect(page).not.toMatch(/<script|https?:/);
    }
    expect(calls).toEqual([{ looked: token }, { looked: token }]);
  });

  it('is switched off by the button of that page, and says so in words; an address of no mail is 404 in the form that fits', async () => {
    const press = (path: string, headers: object) =>
      fetch(`${storefront.url}/v1/unsubscribe/${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: 'List-Unsubscribe=One-Click',
      });
    const done = await press(token, browser);
    expect([done.status, done.headers.get('content-type'), await done.text()]).toEqual([
      200,
      'text/html; charset=utf-8',
      expect.stringContaining('Erledigt'),
    ]);
    const unknown = `${storefront.url}/v1/unsubscribe/<b>other`;
    const [page, problem, pressed] = [await fetch(unknown, { headers: browser }), await fetch(unknown), await press('other', browser)];
    const kinds = [page, problem, pressed].map(({ status, headers }) => [status, headers.get('content-type')]);
    expect(kinds).toEqual([
      [404, 'text/html; charset=utf-8'],
      [404, 'application/problem+json; charset=utf-8'],
      [404, 'text/html; charset=utf-8'],
    ]);
    expect(await page.text()).not.toMatch(/<b>|<form/);
    expect(calls).toEqual([{ token }]);
  });
});
