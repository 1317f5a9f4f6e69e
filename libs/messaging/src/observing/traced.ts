import { SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import type { Middleware } from '../consuming/delivery.js';

/** Goes on with the trace of the publisher (`traceparent`, W3C Trace Context). Costs nothing without an SDK. */
export const traced: Middleware = (next) => (delivery) => {
  const { topic, headers, partition, offset, key } = delivery.record;
  const parent = propagation.extract(context.active(), headers);
  const attributes = {
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': String(offset),
    'messaging.kafka.message.key': key ?? '',
  };
  return trace
    .getTracer('tandem.messaging')
    .startActiveSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes }, parent, async (span) => {
      try {
        const outcome = await next(delivery);
        span.setAttribute('tandem.outcome', outcome.kind);
        return outcome;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
};
