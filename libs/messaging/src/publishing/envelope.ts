import { context, propagation } from '@opentelemetry/api';

/** CloudEvents 1.0 attributes in binary mode, as headers; `ce_sequence` is added when the row is published. Source: CloudEvents Kafka binding, 3.2. */
export function envelopeOf(event: { id: string; type: string; source: string; subject: string; time: Date }): Record<string, string> {
  const headers = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: event.type,
    ce_source: event.source,
    ce_time: event.time.toISOString(),
    ce_subject: event.subject,
    'content-type': 'application/json',
  };
  propagation.inject(context.active(), headers);
  return headers;
}
