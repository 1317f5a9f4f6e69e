import { z } from 'zod';
import type { EventDefinition } from './define-event.js';
import { events } from './events/all.js';
import { participants } from './participants.js';
import { type Topic, deadLetterTopic, topics } from './topics.js';

type Json = Readonly<Record<string, unknown>>;

/** The event log as an AsyncAPI 3.0 document: topics as channels, event versions as messages, who publishes and who listens as operations. */
export function asyncApi(who: typeof participants = participants): Json {
  return {
    asyncapi: '3.0.0',
    id: 'urn:tandem:event-log',
    info: {
      title: 'Tandem: events',
      version: '1.0.0',
      description:
        'CloudEvents 1.0 in binary mode: attributes in headers, JSON in the body. At-least-once; `ce_sequence` rises by one per topic and key, so a consumer drops what it has seen.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries([...Object.values(topics), deadLetterTopic].map((topic) => [topic.name, channelOf(topic)])),
    operations: operations(who),
    components: {
      messages: { ...Object.fromEntries(events.map((event) => [event.type, messageOf(event)])), [deadLetterType]: deadLetterMessage },
    },
  };
}

const deadLetterType = 'dead-letter.v1';

/** Types a topic carries. */
const typesOf = (name: string): readonly string[] =>
  name === deadLetterTopic.name ? [deadLetterType] : events.filter(({ topic }) => topic === name).map(({ type }) => type);

function channelOf({ name, key, partitions, retentionDays }: Topic): Json {
  return {
    address: name,
    description: `Keyed by ${key}; kept ${retentionDays} days.`,
    messages: Object.fromEntries(typesOf(name).map((type) => [type, { $ref: `#/components/messages/${type}` }])),
    bindings: { kafka: { topic: name, partitions, topicConfiguration: { 'retention.ms': retentionDays * 86_400_000 } } },
  };
}

function messageOf({ type, summary, schema }: EventDefinition): Json {
  return {
    name: type,
    title: type,
    summary,
    contentType: 'application/json',
    headers: cloudEvent(type),
    payload: { schemaFormat: 'application/schema+json;version=draft-2020-12', schema: z.toJSONSchema(schema, { io: 'input' }) },
  };
}

/** Source: CloudEvents 1.0.2, Kafka protocol binding, 3.2. */
function cloudEvent(type: string): Json {
  const text = (description: string): Json => ({ type: 'string', description });
  return {
    type: 'object',
    required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time', 'ce_sequence'],
    properties: {
      ce_specversion: { const: '1.0' },
      ce_id: text('UUIDv7; the same for every copy'),
      ce_type: { const: type },
      ce_source: text('/tandem/<service>'),
      ce_subject: text('The key'),
      ce_time: text('RFC 3339'),
      ce_sequence: text('Decimal; rises by one per topic and key'),
      traceparent: text('W3C Trace Context'),
    },
  };
}

const deadLetterMessage: Json = {
  name: deadLetterType,
  title: deadLetterType,
  summary: 'A consumer group has given a message up; its row and its replay are the operations API’s.',
  contentType: 'application/json',
  payload: { type: 'object', required: ['deadLetter', 'group', 'topic', 'reason'] },
};

/** One per service, direction and topic: it sends, or receives, these messages of it. */
function operations(who: typeof participants): Json {
  const of = (service: string, action: 'send' | 'receive', types: readonly string[]): [string, Json][] =>
    [...new Set(events.filter(({ type }) => types.includes(type)).map(({ topic }) => topic))].sort().map((topic) => [
      `${service}-${action === 'send' ? 'publishes' : 'listens-to'}-${topic}`,
      {
        action,
        channel: { $ref: `#/channels/${topic}` },
        summary: action === 'send' ? `The service ${service} publishes these.` : `The consumer group ${service} takes these in.`,
        messages: typesOf(topic)
          .filter((type) => types.includes(type))
          .map((type) => ({ $ref: `#/channels/${topic}/messages/${type}` })),
        'x-tandem-service': service,
      },
    ]);
  return Object.fromEntries(
    Object.entries(who).flatMap(([service, { publishes, listens }]) => [
      ...of(service, 'send', publishes),
      ...of(service, 'receive', listens),
    ]),
  );
}
