import { Controller } from '@nestjs/common';
import { events, participants, topics } from '@tandem/contracts';
import type { CallOptions } from '@tandem/host';
import { type FlowRecords, flowOf, type SagaStep } from '../domain/flow.js';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { gather, type OperatedService } from './fan-out.js';
import { OperatedServices } from './ops.http.js';
import { Orders } from './orders.http.js';
import { Flow } from './schemas/flow.schema.js';

/** Events that may be asked for at once. Source: ops.proto, `ListHandlings`. */
const mostEvents = 200;
const mostLines = 100;

const getFlow = endpoint({
  operationId: 'getFlow',
  method: 'GET',
  path: '/ops/v1/flows/:orderId',
  tag: 'Operations',
  policy: 'staff',
  summary: 'The whole journey of an order: every call made for it and every event, from the services’ own records',
  answers: { 200: Flow },
});

/** One order through all services. */
@Controller()
export class FlowsHttp {
  constructor(
    private readonly orders: Orders,
    private readonly services: OperatedServices,
  ) {}

  @Serves(getFlow)
  async flow({ params: { orderId }, as }: CallOf<typeof getFlow>): Promise<Answer> {
    const [ofOrder, published] = await Promise.all([
      this.ofOrder(orderId, as),
      gather(this.services.all.filter(saysOfOrders), (ops) => ops.listPublications({ key: orderId }, as)),
    ]);
    const publications = published.answers.flatMap(({ service, answer }) =>
      answer.publications.map((each) => ({ service, ...each, publishedAt: each.publishedAt ?? null })),
    );
    const heardBy = (name: string): string[] =>
      publications
        .filter(({ type }) => listensOf(name).includes(type))
        .slice(0, mostEvents)
        .map(({ eventId }) => eventId);
    const listeners = this.services.all.filter(({ name }) => heardBy(name).length > 0);
    const handled = await gather(listeners, (ops, name) => ops.listHandlings({ eventIds: heardBy(name) }, as));
    const handlings = handled.answers.flatMap(({ service, answer }) =>
      answer.handlings.map((each) => ({ service, ...each, begunAt: each.begunAt ?? null, at: each.at ?? null })),
    );
    const silent = [...new Set([...published.silent, ...handled.silent])];
    return ok({ orderId, steps: flowOf({ ...ofOrder, publications, handlings }), silent });
  }

  /** Refuses with `not-found` for an order that is none. */
  private async ofOrder(orderId: string, as: CallOptions): Promise<Pick<FlowRecords, 'timeline' | 'history'>> {
    const [{ timelineJson }, { events }] = await Promise.all([
      this.orders.peer.getSaga({ orderId }, as),
      this.orders.peer.listOrderEvents({ orderId, limit: mostLines, cursor: '' }, as),
    ]);
    const timeline = JSON.parse(timelineJson === '' ? '[]' : timelineJson) as readonly SagaStep[];
    return { timeline, history: events.map(({ type, at }) => ({ type, at })) };
  }
}

/** Whether a service publishes anything that is keyed by an order. */
function saysOfOrders({ name }: OperatedService): boolean {
  const ofOrders = events.filter(({ topic }) => topics[topic].key.startsWith('order id')).map(({ type }) => type);
  return (participants[name]?.publishes ?? []).some((type) => ofOrders.includes(type));
}

function listensOf(name: string): readonly string[] {
  return participants[name]?.listens ?? [];
}
