import { Controller } from '@nestjs/common';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { Orders } from './orders.http.js';
import { listFrom, pageOf } from './schemas/common.schema.js';
import { SagaDetail, sagaDetailFrom, sagaFrom, SagaQuery, Sagas, SagaSteering } from './schemas/saga.schema.js';

const listSagas = endpoint({
  operationId: 'listSagas',
  method: 'GET',
  path: '/ops/v1/sagas',
  tag: 'Operations',
  policy: 'staff',
  summary: 'What is under way for orders and has no end yet, oldest first',
  query: SagaQuery,
  answers: { 200: Sagas },
  refuses: ['bad-cursor'],
});
const getSaga = endpoint({
  operationId: 'getSaga',
  method: 'GET',
  path: '/ops/v1/sagas/:orderId',
  tag: 'Operations',
  policy: 'staff',
  summary: 'Everything under way for one order, the steps of its checkout, what operators did',
  answers: { 200: SagaDetail },
});
const retrySaga = endpoint({
  operationId: 'retrySaga',
  method: 'POST',
  path: '/ops/v1/sagas/:orderId/retry',
  tag: 'Operations',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'Run all of it again at once, also what was given up',
  body: SagaSteering,
  answers: { 200: SagaDetail },
  refuses: ['refund-exceeds-payment'],
});
const cancelSaga = endpoint({
  operationId: 'cancelSaga',
  method: 'POST',
  path: '/ops/v1/sagas/:orderId/cancel',
  tag: 'Operations',
  policy: 'staff',
  idempotencyKey: 'honoured',
  summary: 'End it: an open checkout is undone, a refund the bank refuses is written off',
  body: SagaSteering,
  answers: { 200: SagaDetail },
  refuses: ['saga-not-cancellable'],
});

/** Sagas as an operator sees and steers them. */
@Controller()
export class SagasHttp {
  constructor(private readonly orders: Orders) {}

  @Serves(listSagas)
  async list({ query, as }: CallOf<typeof listSagas>): Promise<Answer> {
    const page = await this.orders.peer.listSagas(pageOf(query), as);
    return ok(listFrom(page.sagas.map(sagaFrom), page.nextCursor));
  }

  @Serves(getSaga)
  async get({ params, as }: CallOf<typeof getSaga>): Promise<Answer> {
    return ok(sagaDetailFrom(await this.orders.peer.getSaga(params, as)));
  }

  @Serves(retrySaga)
  async retry({ params, body, as }: CallOf<typeof retrySaga>): Promise<Answer> {
    return ok(sagaDetailFrom(await this.orders.peer.retrySaga({ ...params, ...body }, as)));
  }

  @Serves(cancelSaga)
  async cancel({ params, body, as }: CallOf<typeof cancelSaga>): Promise<Answer> {
    return ok(sagaDetailFrom(await this.orders.peer.cancelSaga({ ...params, ...body }, as)));
  }
}
