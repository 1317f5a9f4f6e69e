import { Controller } from '@nestjs/common';
import { orderV1 } from '@tandem/contracts';
import {
  type Caller,
  hashOf,
  invalidField,
  keyReused,
  notFound,
  once,
  parsePublicId,
  principalOf,
  Refusal,
  Rpc,
  scopeOf,
} from '@tandem/host';
import type { Database, OrderId, Tx } from '@tandem/kernel';
import type { Saga, SagaAction, SagaStore, Steering } from '../domain/sagas.js';
import { limitFrom } from './paging.js';
import { type Steered, SteerSagas } from './steer-sagas.js';

/** What an operator reads of the sagas, and where keys are kept. */
export class SagaReads {
  constructor(
    readonly sagas: Pick<SagaStore, 'list' | 'find' | 'journey'>,
    readonly database: Database,
    readonly isCheckoutKey: (principal: string, key: string) => Promise<boolean>,
  ) {}
}

/** The sagas as an operator sees them and, once per key, steers them. */
@Controller()
export class SteerSagasGrpc {
  constructor(
    private readonly reads: SagaReads,
    private readonly steerSagas: SteerSagas,
  ) {}

  @Rpc('OrderService', 'listSagas', ['staff'])
  async list({ limit, cursor }: orderV1.ListSagasRequest): Promise<orderV1.SagaPage> {
    const after = cursor === '' ? null : Buffer.from(cursor, 'base64url').toString('utf8');
    const { sagas, next } = await this.reads.sagas.list(after, limitFrom(limit));
    return { sagas: sagas.map(sagaReply), nextCursor: next === null ? '' : Buffer.from(next).toString('base64url') };
  }

  @Rpc('OrderService', 'getSaga', ['staff'])
  async get({ orderId }: orderV1.GetSagaRequest): Promise<orderV1.SagaDetail> {
    return this.detail(idFrom(orderId));
  }

  @Rpc('OrderService', 'getJourney', ['staff'])
  async journey({ orderId }: orderV1.GetOrderRequest): Promise<orderV1.Journey> {
    const found = await this.reads.sagas.journey(idFrom(orderId));
    if (!found) throw notFound();
    const lines = found.lines.map(({ type, at, eventId }) => ({ type, at: at.toISOString(), ...(eventId === null ? {} : { eventId }) }));
    return { timelineJson: JSON.stringify(found.timeline), lines };
  }

  @Rpc('OrderService', 'retrySaga', ['staff'])
  async retry(request: orderV1.SteerSagaRequest, caller: Caller): Promise<orderV1.SagaDetail> {
    return this.steered('retry', request, caller);
  }

  @Rpc('OrderService', 'cancelSaga', ['staff'])
  async cancel(request: orderV1.SteerSagaRequest, caller: Caller): Promise<orderV1.SagaDetail> {
    return this.steered('cancel', request, caller);
  }

  private async steered(action: SagaAction['action'], request: orderV1.SteerSagaRequest, caller: Caller): Promise<orderV1.SagaDetail> {
    const steering = steeringFrom(request, caller);
    const operation = action === 'retry' ? 'order.RetrySaga' : 'order.CancelSaga';
    const scope = scopeOf(caller, hashOf(operation, orderV1.SteerSagaRequest.encode(request).finish()));
    if (scope && (await this.reads.isCheckoutKey(scope.principal, scope.key))) throw keyReused();
    return once(this.reads.database, caller, scope, {
      prepare: () => Promise.resolve(),
      run: async (tx) => {
        refuseUnlessSteered(await this.steerSagas[action](tx, steering), steering.orderId);
        return this.detail(steering.orderId, tx);
      },
    });
  }

  private async detail(orderId: OrderId, tx?: Tx): Promise<orderV1.SagaDetail> {
    const found = await this.reads.sagas.find(orderId, tx);
    if (!found) throw notFound();
    const actions = found.actions.map(({ at, actor, action, reason }) => ({ at: at.toISOString(), actor, action, reason }));
    return { orderId, sagas: found.sagas.map(sagaReply), timelineJson: JSON.stringify(found.timeline), actions };
  }
}

function refuseUnlessSteered({ kind }: Steered, orderId: OrderId): void {
  switch (kind) {
    case 'steered':
      return;
    case 'nothing-open':
      throw notFound('nothing is under way for this order');
    case 'not-cancellable':
      throw new Refusal('saga-not-cancellable', { detail: `POST /ops/v1/sagas/${orderId}/retry has it tried at once` });
    case 'not-retryable':
      throw new Refusal('refund-exceeds-payment', { detail: 'what the refused refund would return has gone back otherwise; write it off' });
  }
}

function idFrom(orderId: string): OrderId {
  if (parsePublicId('order', orderId) === undefined) throw notFound();
  return orderId as OrderId;
}

function steeringFrom({ orderId, reason }: orderV1.SteerSagaRequest, caller: Caller): Steering {
  if (reason.length === 0 || reason.length > 500 || reason.includes('\0'))
    throw invalidField('/reason', 'invalid', '1 to 500 characters, no U+0000');
  return { orderId: idFrom(orderId), actor: principalOf(caller).id, reason };
}

function sagaReply({ orderId, kind, state, ageMs, owner, attempts, lastError, dueAt, orderStatus }: Saga): orderV1.Saga {
  return {
    orderId,
    kind,
    state,
    ageMs: String(ageMs),
    owner: owner ?? '',
    attempts,
    lastError: lastError ?? '',
    dueAt: dueAt.toISOString(),
    orderStatus: orderStatus ?? '',
  };
}
