import { chargeShape, declinedShape, errorShape, idOf, intentShape, refundShape, type Said, type Shape } from './stripe-shapes.js';

/** What came of a request. `isSilent`: it was done, and the answer is lost. `lost`: it never arrived. */
export type Done = { readonly said: Said; readonly isSilent?: boolean } | 'lost';

/** What a Stripe account holds, and what its API makes of a request. */
export type StripeBooks = {
  do(method: string, path: string, wish: string): Done;
  /** The shopper answers the challenge of an order. */
  answerChallenge(orderId: string, outcome: 'approve' | 'fail'): void;
  intentsOf(orderId: string): readonly Shape[];
  /** Charges as the contract of providers counts them. */
  chargesOf(orderId: string): readonly { readonly status: string }[];
  refundedMinor(orderId: string): number;
  /** How Stripe answers a refund that is asked for: `succeeded` at first. */
  refundsBegin: 'succeeded' | 'pending';
  /** What becomes of the refunds of an order; answers the first of them. */
  endRefunds(orderId: string, status: 'succeeded' | 'failed'): Shape | undefined;
};

type Intents = Map<string, Shape>;
type Refunds = Map<string, Shape[]>;

export function stripeBooks(): StripeBooks {
  const intents: Intents = new Map();
  const refunds: Refunds = new Map();
  const intentsOf = (orderId: string) =>
    [...intents.values()].filter(({ metadata }) => (metadata as Record<string, string>)['orderId'] === orderId);
  const refundsOf = (orderId: string) => intentsOf(orderId).flatMap(({ id }) => refunds.get(id) ?? []);
  const books: StripeBooks = {
    refundsBegin: 'succeeded',
    endRefunds: (orderId, status) => refundsOf(orderId).map((refund) => Object.assign(refund, { status }))[0],
    do: (method, path, wish) =>
      handle(
        { intents, refunds, begin: books.refundsBegin },
        `${method} ${path.split('?')[0]}`,
        new URLSearchParams(method === 'GET' ? (path.split('?')[1] ?? '') : wish),
      ),
    answerChallenge: (orderId, outcome) =>
      intentsOf(orderId).forEach((intent) => (outcome === 'approve' ? charge(intent, refunds) : failAuthentication(intent))),
    intentsOf,
    chargesOf: (orderId) =>
      intentsOf(orderId)
        .filter(({ status }) => status === 'succeeded')
        .map((intent) => ({ status: (refunds.get(intent.id) ?? []).some(isVoid) ? 'voided' : 'captured' })),
    refundedMinor: (orderId) =>
      refundsOf(orderId)
        .filter((refund) => !isVoid(refund) && refund['status'] !== 'failed')
        .reduce((total, { amount }) => total + Number(amount), 0),
  };
  return books;
}

function handle(
  { intents, refunds, begin }: { intents: Intents; refunds: Refunds; begin: string },
  what: string,
  wish: URLSearchParams,
): Done {
  const [, id = '', verb] = /payment_intents\/(pi_\w+)(?:\/(\w+))?$/.exec(what) ?? [];
  if (what === 'POST /v1/payment_intents') return create(intents, wish);
  if (what === 'GET /v1/payment_intents/search')
    return list(
      [...intents.values()].filter(
        (intent) => `metadata['key']:'${(intent['metadata'] as Record<string, string>)['key']}'` === wish.get('query'),
      ),
    );
  if (what === 'GET /v1/refunds') return list(refunds.get(wish.get('payment_intent') ?? '') ?? []);
  const intent = intents.get(id === '' ? (wish.get('payment_intent') ?? '') : id);
  if (!intent) return refused('resource_missing', 404);
  if (what === 'POST /v1/refunds') return refund(intent, { refunds, begin }, wish);
  if (verb === 'confirm') return confirm(intent, refunds, wish);
  if (verb === 'cancel' && !['succeeded', 'canceled'].includes(String(intent['status']))) intent['status'] = 'canceled';
  else if (verb === 'cancel') return refused('payment_intent_unexpected_state');
  return said(intent);
}

function create(intents: Intents, wish: URLSearchParams): Done {
  if (Number(wish.get('amount')) < 1) return refused('amount_too_small');
  const intent = intentShape(Number(wish.get('amount')), wish.get('currency') ?? '', metadataOf(wish));
  intents.set(intent.id, intent);
  return said(intent);
}

/** Stripe's own test cards, and some that stand for accidents. Source: https://docs.stripe.com/testing */
function confirm(intent: Shape, refunds: Refunds, wish: URLSearchParams): Done {
  if (!['requires_payment_method', 'requires_confirmation'].includes(String(intent['status'])))
    return refused('payment_intent_unexpected_state');
  const asked = (intent['confirms'] = Number(intent['confirms'] ?? 0) + 1);
  switch (wish.get('payment_method')) {
    case 'pm_card_visa':
      return said(charge(intent, refunds));
    case 'pm_card_visa_chargeDeclinedInsufficientFunds':
      return { said: frozen(declinedShape(intent, 'insufficient_funds')) };
    case 'pm_card_visa_chargeDeclinedStolenCard':
      return { said: frozen(declinedShape(intent, 'stolen_card')) };
    case 'pm_card_threeDSecure2Required':
      return said(
        Object.assign(intent, {
          status: 'requires_action',
          next_action: {
            type: 'redirect_to_url',
            redirect_to_url: {
              return_url: wish.get('return_url'),
              url: `https://hooks.stripe.com/3d_secure_2/hosted?payment_intent=${intent.id}`,
            },
          },
        }),
      );
    case 'pm_spec_fails_twice':
      return asked < 3 ? { said: errorShape(500, { type: 'api_error' }) } : said(charge(intent, refunds));
    case 'pm_spec_takes_and_is_silent':
      return { ...said(charge(intent, refunds)), isSilent: true };
    case 'pm_spec_is_silent':
      return 'lost';
    default:
      return { said: errorShape(400, { type: 'invalid_request_error', code: 'resource_missing', param: 'payment_method' }) };
  }
}

function charge(intent: Shape, refunds: Refunds): Shape {
  const given: Shape[] = [];
  refunds.set(intent.id, given);
  return Object.assign(intent, {
    status: 'succeeded',
    amount_received: intent['amount'],
    next_action: null,
    latest_charge: chargeShape(intent, given),
  });
}

function failAuthentication(intent: Shape): void {
  Object.assign(intent, {
    status: 'requires_payment_method',
    next_action: null,
    last_payment_error: { type: 'invalid_request_error', code: 'payment_intent_authentication_failure' },
  });
}

function refund(intent: Shape, { refunds, begin }: { refunds: Refunds; begin: string }, wish: URLSearchParams): Done {
  const given = refunds.get(intent.id);
  const amount = Number(wish.get('amount'));
  if (!given) return refused('resource_missing', 404);
  const standing = given.filter(({ status }) => status !== 'failed');
  if (standing.reduce((total, { amount: minor }) => total + Number(minor), amount) > Number(intent['amount']))
    return refused('amount_too_large');
  const made = Object.assign(refundShape(intent, amount, metadataOf(wish)), { status: begin });
  given.push(made);
  return said(made);
}

function metadataOf(wish: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...wish].flatMap(([name, value]) => (name.startsWith('metadata[') ? [[name.slice('metadata['.length, -1), value] as const] : [])),
  );
}

function isVoid({ metadata }: Shape): boolean {
  return (metadata as Record<string, string>)['void'] === 'true';
}

function list(data: readonly Shape[]): Done {
  return said({ id: idOf('list'), object: 'list', data, has_more: false });
}

function said(body: Shape): Done & object {
  return { said: frozen({ status: 200, body }) };
}

function refused(code: string, status = 400): Done {
  return { said: errorShape(status, { type: 'invalid_request_error', code }) };
}

/** As it is now, whatever becomes of it. */
function frozen(answer: Said): Said {
  return structuredClone(answer);
}
