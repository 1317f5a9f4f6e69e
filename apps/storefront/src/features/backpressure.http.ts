import { Controller } from '@nestjs/common';
import type { Load } from '@tandem/host';
import { z } from 'zod';
import { backlogBounds, backlogSignals } from '../domain/backlog.js';
import type { BacklogWatch } from './backlog-watch.js';
import { type Answer, ok } from './edge/answer.js';
import { type CallOf, endpoint, Serves } from './edge/endpoint.js';
import { gather } from './fan-out.js';
import { OperatedServices } from './ops.http.js';

const ServiceLoad = z
  .object({
    service: z.string(),
    state: z.enum(['normal', 'shedding']),
    level: z
      .number()
      .min(0)
      .max(1)
      .describe(
        'The share of what asked in the last second that was refused; new shoppers and carts are refused first, then changes of carts, then checkouts. Order refuses checkouts beyond those it may have in hand',
      ),
    waitMs: z.int().describe('How late the event loop was in the last tenth of a second; 0 where it is not measured'),
    serviceMs: z.int().describe('How long requests took, on average, that no bank or carrier is asked for; 0 where it is not measured'),
    shed: z.record(z.string(), z.int()).describe('Requests refused since the process started, by kind of work'),
  })
  .meta({ id: 'ServiceLoad' });
const Backlog = z
  .object({
    signal: z.enum(backlogSignals).describe('`outbox`: events on their way out; `consumers`: events on their way into a service'),
    of: z.string().describe('Where the oldest waits: a service, or `<group> on <topic>`; empty when none does'),
    oldestAgeMs: z.int().describe('As it was seen last, at most ten seconds ago or a little more'),
    closesAtMs: z.int(),
    opensAtMs: z.int(),
    isClosed: z.boolean().describe('New shoppers and carts are refused for it, until it is younger than `opensAtMs`'),
  })
  .meta({ id: 'Backlog' });
const Backpressure = z
  .object({ state: z.enum(['normal', 'shedding']), data: z.array(ServiceLoad), backlog: z.array(Backlog), silent: z.array(z.string()) })
  .meta({ id: 'Backpressure' });

const getBackpressure = endpoint({
  operationId: 'getBackpressure',
  method: 'GET',
  path: '/ops/v1/backpressure',
  tag: 'Operations',
  policy: 'staff',
  summary: 'How hard the system is pressed, and what it refuses for it',
  answers: { 200: Backpressure },
});

/** The storefront's own load, and the backlogs it goes by: it has no operations of its own to ask for them. */
export class EdgeLoad {
  constructor(
    readonly facts: Load['facts'],
    readonly backlog: Pick<BacklogWatch, 'facts'>,
  ) {}
}

/** Why requests are answered with `overloaded`. */
@Controller()
export class BackpressureHttp {
  constructor(
    private readonly services: OperatedServices,
    private readonly own: EdgeLoad,
  ) {}

  @Serves(getBackpressure)
  async backpressure({ as }: CallOf<typeof getBackpressure>): Promise<Answer> {
    const { answers, silent } = await gather(this.services.all, (ops) => ops.getLoad({}, as));
    const measured = answers
      .filter(({ answer }) => answer.isMeasured)
      .map(({ answer: { service, level, waitMs, serviceMs, shed } }) => ({
        service,
        level,
        waitMs,
        serviceMs,
        shed: Object.fromEntries(shed.map(({ work, count }) => [work, Number(count)])),
      }));
    const data = [{ service: 'storefront', ...this.own.facts() }, ...measured].map((load) => ({ ...load, state: stateAt(load.level) }));
    const backlog = this.own.backlog.facts().map(({ oldSince: _, ...standing }) => ({ ...standing, ...backlogBounds }));
    const isShedding = data.some(({ state }) => state === 'shedding') || backlog.some(({ isClosed }) => isClosed);
    return ok({ state: isShedding ? 'shedding' : 'normal', data, backlog, silent });
  }
}

function stateAt(level: number): 'normal' | 'shedding' {
  return level > 0 ? 'shedding' : 'normal';
}
