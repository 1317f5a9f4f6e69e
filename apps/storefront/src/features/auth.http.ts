import { Controller } from '@nestjs/common';
import { type cartV1, customerV1 } from '@tandem/contracts';
import type { Peer } from '@tandem/host';
import { type Answer, created, noContent, ok } from './edge/answer.js';
import type { AnyCall } from './edge/call.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Credentials, Me, meFrom, RefreshToken, Registration, Session, sessionFrom } from './schemas/auth.schema.js';

const createGuest = endpoint({
  operationId: 'createGuest',
  method: 'POST',
  path: '/v1/auth/guest',
  tag: 'Auth',
  policy: 'public',
  limit: 'guest',
  summary: 'Become a guest, who can shop without an account',
  answers: { 201: Session },
});
const register = endpoint({
  operationId: 'register',
  method: 'POST',
  path: '/v1/auth/register',
  tag: 'Auth',
  policy: 'public',
  limit: 'credentials',
  summary: 'Open an account; with the token of a guest, its cart moves along',
  body: Registration,
  answers: { 201: Session },
  refuses: ['email-taken'],
});
const login = endpoint({
  operationId: 'login',
  method: 'POST',
  path: '/v1/auth/login',
  tag: 'Auth',
  policy: 'public',
  limit: 'credentials',
  summary: 'Open a session; with the token of a guest, its cart moves along',
  body: Credentials,
  answers: { 200: Session },
  refuses: ['invalid-credentials'],
});
const refresh = endpoint({
  operationId: 'refresh',
  method: 'POST',
  path: '/v1/auth/refresh',
  tag: 'Auth',
  policy: 'public',
  limit: 'guest',
  summary: 'Replace a refresh token by a new pair; using one twice ends its family',
  body: RefreshToken,
  answers: { 200: Session },
  refuses: ['refresh-token-invalid'],
});
const logout = endpoint({
  operationId: 'logout',
  method: 'POST',
  path: '/v1/auth/logout',
  tag: 'Auth',
  policy: 'public',
  limit: 'guest',
  summary: 'End a session',
  body: RefreshToken,
  answers: { 204: null },
});
const me = endpoint({
  operationId: 'getMe',
  method: 'GET',
  path: '/v1/me',
  tag: 'Auth',
  policy: 'user',
  summary: 'Who the token stands for',
  answers: { 200: Me },
});

/** The services behind tokens and accounts. */
export class AuthPeers {
  constructor(
    readonly customer: Peer<typeof customerV1.CustomerServiceService>,
    readonly cart: Pick<Peer<typeof cartV1.CartServiceService>, 'adopt'>,
  ) {}
}

/** Tokens and accounts. */
@Controller()
export class AuthHttp {
  constructor(private readonly peers: AuthPeers) {}

  @Serves(createGuest)
  async createGuest({ locale, as }: CallOf<typeof createGuest>): Promise<Answer> {
    return created(sessionFrom(await this.peers.customer.createGuest({ locale }, as)));
  }

  @Serves(register)
  async register(call: CallOf<typeof register>): Promise<Answer> {
    const session = sessionFrom(await this.peers.customer.register({ ...call.body, locale: call.locale }, call.as));
    await this.adoptCart(call, session.principal.id);
    return created(session);
  }

  @Serves(login)
  async login(call: CallOf<typeof login>): Promise<Answer> {
    const { email, password } = call.body;
    const session = sessionFrom(await this.peers.customer.login({ email, password }, call.as));
    await this.adoptCart(call, session.principal.id);
    return ok(session);
  }

  @Serves(refresh)
  async refresh({ body, as }: CallOf<typeof refresh>): Promise<Answer> {
    return ok(sessionFrom(await this.peers.customer.refresh(body, as)));
  }

  @Serves(logout)
  async logout({ body, as }: CallOf<typeof logout>): Promise<Answer> {
    await this.peers.customer.logout(body, as);
    return noContent();
  }

  @Serves(me)
  async me({ as }: CallOf<typeof me>): Promise<Answer> {
    return ok(meFrom(await this.peers.customer.getMe({}, as)));
  }

  /** Before the answer, so that the first look at the cart with the new token finds it. */
  private async adoptCart({ principal, requestId }: Pick<AnyCall, 'principal' | 'requestId'>, customerId: string): Promise<void> {
    if (principal?.kind !== 'guest') return;
    await this.peers.cart.adopt({ guestId: principal.id, customerId }, { requestId, isRepeatable: true });
  }
}
