/** gRPC status codes by name. Source: gRPC core, `status_codes.md`. */
const grpc = {
  invalid: 3,
  notFound: 5,
  alreadyExists: 6,
  forbidden: 7,
  exhausted: 8,
  precondition: 9,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

type Kind = { readonly status: number; readonly grpc: number; readonly title: string; readonly retryable: boolean };
const kind = (status: number, grpcStatus: number, title: string, retryable = false): Kind => ({
  status,
  grpc: grpcStatus,
  title,
  retryable,
});

/**
 * Every problem an answer can carry, by its stable code: HTTP status, gRPC status, title, and whether the same request may succeed later.
 * The code is the contract with clients; the reference in docs/reference/problems.md is made from this table.
 */
export const problems = {
  'validation-failed': kind(400, grpc.invalid, 'The request is not valid'),
  'malformed-json': kind(400, grpc.invalid, 'The body is not valid JSON'),
  'bad-cursor': kind(400, grpc.invalid, 'The cursor is not one of ours'),
  'idempotency-key-missing': kind(400, grpc.invalid, 'This request needs an Idempotency-Key'),
  'idempotency-key-in-flight': kind(409, grpc.aborted, 'A request with this Idempotency-Key is still running', true),
  'idempotency-key-reused': kind(422, grpc.precondition, 'This Idempotency-Key was used for another request'),
  'token-missing': kind(401, grpc.unauthenticated, 'This request needs an access token'),
  'token-invalid': kind(401, grpc.unauthenticated, 'The access token is not valid'),
  'invalid-credentials': kind(401, grpc.unauthenticated, 'E-mail or password is wrong'),
  'refresh-token-invalid': kind(401, grpc.unauthenticated, 'The refresh token is not valid'),
  'signature-invalid': kind(401, grpc.unauthenticated, 'The signature does not fit the message'),
  'payment-declined': kind(402, grpc.precondition, 'The bank declined the payment'),
  forbidden: kind(403, grpc.forbidden, 'This is for staff'),
  'not-found': kind(404, grpc.notFound, 'There is nothing here'),
  'unknown-variant': kind(404, grpc.notFound, 'There is no such variant'),
  'method-not-allowed': kind(405, grpc.invalid, 'This method is not offered here'),
  'request-timeout': kind(408, grpc.invalid, 'The request did not come whole in time', true),
  'out-of-stock': kind(409, grpc.precondition, 'There is not enough stock'),
  'seats-taken': kind(409, grpc.precondition, 'Some of these seats are not free any more'),
  'price-changed': kind(409, grpc.precondition, 'The total is not what was expected'),
  'cart-empty': kind(409, grpc.precondition, 'The cart is empty'),
  'cart-already-ordered': kind(409, grpc.precondition, 'The cart has become an order'),
  'checkout-in-progress': kind(409, grpc.aborted, 'A checkout of this cart is running', true),
  'already-shipped': kind(409, grpc.precondition, 'The order is on its way'),
  'saga-not-cancellable': kind(409, grpc.precondition, 'What is under way cannot be taken back; it can be tried again'),
  'mail-not-resendable': kind(409, grpc.precondition, 'Only a mail that was refused or given up is sent again'),
  'order-not-cancellable': kind(409, grpc.precondition, 'The order cannot be cancelled now'),
  'email-taken': kind(409, grpc.alreadyExists, 'There is an account with this e-mail'),
  'sku-taken': kind(409, grpc.alreadyExists, 'There is a variant with this SKU'),
  'slug-taken': kind(409, grpc.alreadyExists, 'There is a product with this slug'),
  'promotion-code-taken': kind(409, grpc.alreadyExists, 'There is a promotion with this code'),
  'promotion-in-use': kind(409, grpc.precondition, 'Orders have used the promotion'),
  'stock-would-be-negative': kind(409, grpc.precondition, 'The adjustment would leave less than what is reserved'),
  'location-name-taken': kind(409, grpc.alreadyExists, 'There is a location with this name'),
  'webhook-endpoint-limit': kind(409, grpc.precondition, 'There are as many webhook endpoints as one may have'),
  'webhook-endpoint-disabled': kind(409, grpc.precondition, 'The webhook endpoint is disabled'),
  'document-not-made': kind(409, grpc.precondition, 'The document was not made; ask for it again'),
  'label-voided': kind(409, grpc.precondition, 'The label was given back to the carrier'),
  'label-not-ready': kind(409, grpc.precondition, 'The carrier has not made the label yet', true),
  'job-ended': kind(409, grpc.precondition, 'The job has ended'),
  'picture-not-ready': kind(409, grpc.precondition, 'The picture is not ready'),
  'picture-in-use': kind(409, grpc.precondition, 'The picture is shown by a product'),
  'dead-letter-closed': kind(409, grpc.precondition, 'The dead letter is not open any more'),
  'refund-exceeds-payment': kind(409, grpc.precondition, 'The refund is more than what is left of the payment'),
  'refund-refused': kind(409, grpc.precondition, 'The bank does not give the refund'),
  'cart-changed': kind(412, grpc.aborted, 'The cart has changed since it was read'),
  'body-too-large': kind(413, grpc.invalid, 'The body is over 100 kB'),
  'picture-too-large': kind(413, grpc.invalid, 'The picture is too large'),
  'unsupported-media-type': kind(415, grpc.invalid, 'Send application/json'),
  'picture-format-not-accepted': kind(415, grpc.invalid, 'Pictures of this format are not taken'),
  'currency-not-offered': kind(422, grpc.precondition, 'There are no prices in this currency'),
  'promotion-not-valid': kind(422, grpc.precondition, 'The promotion code does not apply'),
  'points-not-available': kind(422, grpc.precondition, 'There are not that many points to redeem'),
  'rate-limited': kind(429, grpc.exhausted, 'Too many requests', true),
  'headers-too-large': kind(431, grpc.invalid, 'The headers are over 16 kB'),
  'internal-error': kind(500, grpc.internal, 'Something went wrong on our side', true),
  overloaded: kind(503, grpc.unavailable, 'We are too busy at the moment', true),
  unavailable: kind(503, grpc.unavailable, 'A part of the shop is away for a moment', true),
  'payment-unavailable': kind(503, grpc.unavailable, 'The bank cannot be reached', true),
} as const satisfies Record<string, Kind>;

export type ProblemCode = keyof typeof problems;

/** One thing that is wrong with one field; `pointer` is an RFC 6901 JSON pointer into the body, or `/query/…`, `/header/…`, `/path/…`. */
export type FieldError = { readonly pointer: string; readonly code: string; readonly message: string };

/** What a refusal carries between services and to the client. */
export type Problem = {
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Members of the problem beside the standard ones, e.g. `available`, `lines`, `expectedTotal`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
};
