import { Controller } from '@nestjs/common';
import { Refusal } from '@tandem/host';
import { prefersHtml } from '../domain/accept.js';
import type { Locale } from '../domain/locale.js';
import { type UnsubscribePage, unsubscribePage } from '../domain/unsubscribe-page.js';
import { type Answer, noContent } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Notifications } from './notifications.http.js';

const html = 'text/html';

const showUnsubscribe = endpoint({
  operationId: 'showUnsubscribe',
  method: 'GET',
  path: '/v1/unsubscribe/:token',
  tag: 'Notifications',
  policy: 'public',
  sends: [html],
  summary: 'A page with a button that switches mails like one that was received off; looking at it changes nothing',
  answers: { 200: null },
});
const unsubscribe = endpoint({
  operationId: 'unsubscribe',
  method: 'POST',
  path: '/v1/unsubscribe/:token',
  tag: 'Notifications',
  policy: 'public',
  takesForm: true,
  sends: [html],
  summary: 'Switch mails like one that was received off, by its List-Unsubscribe header (RFC 8058); a browser is answered with a page',
  answers: { 200: null, 204: null },
});

/** Mails switched off by the address they came with, from a mail program or from a browser. */
@Controller()
export class UnsubscribeHttp {
  constructor(private readonly notifications: Notifications) {}

  @Serves(showUnsubscribe)
  show({ params, header, locale, as }: CallOf<typeof showUnsubscribe>): Promise<Answer> {
    return orUnknown({ isShown: prefersHtml(header('accept')), locale }, async () => {
      await this.notifications.peer.findUnsubscribe(params, as);
      return pageOf('asked', locale);
    });
  }

  @Serves(unsubscribe)
  unsubscribe({ params, header, locale, as }: CallOf<typeof unsubscribe>): Promise<Answer> {
    const isShown = prefersHtml(header('accept'));
    return orUnknown({ isShown, locale }, async () => {
      await this.notifications.peer.unsubscribe(params, as);
      return isShown ? pageOf('done', locale) : noContent();
    });
  }
}

/** The same 404 for a token that came with no mail: a page for who reads pages, a problem for everybody else. */
async function orUnknown(
  { isShown, locale }: { readonly isShown: boolean; readonly locale: Locale },
  answer: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer();
  } catch (error) {
    if (isShown && error instanceof Refusal && error.problem.code === 'not-found') return pageOf('unknown', locale);
    throw error;
  }
}

/** The address of the page is a secret of whoever got the mail, so it is kept by nobody and told to nobody. */
function pageOf(page: UnsubscribePage, locale: Locale): Answer {
  const headers = {
    'Content-Type': `${html}; charset=utf-8`,
    'Content-Language': locale,
    'Content-Security-Policy': "default-src 'none'; form-action 'self'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  };
  return { status: page === 'unknown' ? 404 : 200, body: unsubscribePage(page, locale), headers };
}
