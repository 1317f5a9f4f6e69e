import { Controller } from '@nestjs/common';
import { events, type opsV1, participants, topics } from '@tandem/contracts';
import type { CallOptions } from '@tandem/host';
import { factOf } from '@tandem/kernel';
import { areEventsKnown, flowOf, type Handling, type Publication, type SagaStep } from '../domain/flow.js';
import type { ServiceName } from '../domain/services.js';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { gather, type OperatedService } from './fan-out.js';
import { OperatedServices } from './ops.http.js';
import { Orders } from './orders.http.js';
import { Flow } from './schemas/flow.schema.js';

/** Events that may be asked for at once. Source: ops.proto, `ListHandlings`. */
const mostEvents = 200;

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

  /**
   * Every service is asked once: order first, whose records tell which events there were; then all that publish or have heard of them. What somebody
   * published and order has not heard of yet is asked for after that.
   */
  @Serves(getFlow)
  async flow({ params: { orderId }, as }: CallOf<typeof getFlow>): Promise<Answer> {
    const [{ timelineJson, lines: history }, ofOrder] = await Promise.all([
      this.orders.peer.getJourney({ orderId }, as),
      gather(this.services.all.filter(isOrder), (ops) => ops.listPublications({ key: orderId }, as)),
    ]);
    const own = ofOrder.answers.flatMap(publicationsOf);
    const known = [...own, ...history.flatMap(({ type, eventId }) => (eventId === undefined ? [] : [{ service: '', type, eventId }]))];
    const others = this.services.all.filter((service) => !isOrder(service) && saysOfOrders(service));
    const first = await this.ask(known, others, { key: orderId, as });
    const said = first.answers.flatMap(publicationsOf);
    const isNew = ({ eventId }: Heard): boolean => !known.some((each) => each.eventId === eventId);
    const later = await this.ask(said.filter(isNew), [], { key: '', as });
    const publications = [...own, ...said];
    const timeline = JSON.parse(timelineJson === '' ? '[]' : timelineJson) as readonly SagaStep[];
    const handlings = [first, later].flatMap(({ answers }) => answers.flatMap(handlingsOf));
    return ok({
      orderId,
      steps: flowOf({ timeline, publications, handlings, history }),
      eventsKnown: ofOrder.silent.length > 0 || areEventsKnown(own, history),
      silent: [...new Set([...ofOrder.silent, ...first.silent, ...later.silent])],
    });
  }

  /** What everybody made of events they listen to, and what those and `besides` said of the key themselves. Who published an event knows of it. */
  private ask(
    heard: readonly Heard[],
    besides: readonly OperatedService[],
    { key, as }: { readonly key: string; readonly as: CallOptions },
  ) {
    const idsFor = (name: string): string[] =>
      heard
        .filter(({ service, type }) => service !== name && listensOf(name).includes(factOf(type)))
        .slice(0, mostEvents)
        .map(({ eventId }) => eventId);
    const asked = this.services.all.filter((service) => besides.includes(service) || idsFor(service.name).length > 0);
    return gather(asked, (ops, name) => ops.listHandlings({ eventIds: idsFor(name), key: name === 'order' ? '' : key }, as));
  }
}

/** An event, and who published it where that is known. */
type Heard = { readonly service: string; readonly type: string; readonly eventId: string };
type Said<T> = { readonly service: ServiceName; readonly answer: T };

function publicationsOf({ service, answer }: Said<Pick<opsV1.Handlings, 'publications'>>): readonly Publication[] {
  return answer.publications.map((each) => ({ service, ...each, publishedAt: each.publishedAt ?? null }));
}

function handlingsOf({ service, answer }: Said<opsV1.Handlings>): readonly Handling[] {
  return answer.handlings.map((each) => ({ service, ...each, begunAt: each.begunAt ?? null, at: each.at ?? null }));
}

/** Whether a service publishes anything that is keyed by an order. */
function saysOfOrders({ name }: OperatedService): boolean {
  const ofOrders = events.filter(({ topic }) => topics[topic].key.startsWith('order id')).map(({ type }) => type);
  return (participants[name]?.publishes ?? []).some((type) => ofOrders.includes(type));
}

function isOrder({ name }: OperatedService): boolean {
  return name === 'order';
}

/** Types without their version, as an order's history has them. */
function listensOf(name: string): readonly string[] {
  return (participants[name]?.listens ?? []).map(factOf);
}
