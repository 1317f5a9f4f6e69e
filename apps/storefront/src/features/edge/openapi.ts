import { type ProblemCode, problems } from '@tandem/contracts';
import { z } from 'zod';
import { Problem } from '../schemas/problem.schema.js';
import type { Endpoint } from './endpoint.js';

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of the endpoints. Their zod schemas are its only source; every schema of a body has an id and becomes a component. */
export function openApiOf(endpoints: readonly Endpoint[]): Json {
  const bodies = endpoints.flatMap((endpoint) => [
    ...(endpoint.body ? [endpoint.body] : []),
    ...Object.values(endpoint.answers).filter((schema) => schema !== null),
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tandem storefront',
      version: '1.0.0',
      description: 'The public HTTP API of the shop. Errors are problem documents (RFC 9457); their `code` is stable.',
      license: { name: 'MIT', identifier: 'MIT' },
      contact: { name: 'Tandem', url: 'https://tandem.example' },
    },
    servers: [{ url: '/' }],
    tags: tags.map(([name, description]) => ({ name, description })),
    security: [],
    paths: pathsOf(endpoints),
    components: {
      schemas: componentsFor([...bodies, Problem]),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of `/v1/auth/*`; a guest has one too.',
        },
      },
    },
  };
}

const tags = [
  ['Auth', 'Guests, accounts, tokens'],
  ['Products', 'What is offered'],
  ['Carts', 'What somebody wants to buy, and buying it'],
  ['Orders', 'What was bought'],
  ['Shipments', 'Where the parcels are'],
  ['Documents', 'What is printed of an order'],
  ['Loyalty', 'Points'],
  ['Notifications', 'What one is told, and wants to be told'],
  ['Webhooks', 'What the outside world tells us'],
  ['Jobs', 'Work that one waits for'],
  ['Operations', 'For who runs the shop'],
  ['Admin', 'For who fills it'],
] as const;

function pathsOf(endpoints: readonly Endpoint[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:([A-Za-z]+)/g, '{$1}');
    (paths[path] ??= {})[endpoint.method.toLowerCase()] = operationOf(endpoint);
  }
  return paths;
}

function operationOf(endpoint: Endpoint): Json {
  const parameters = [...pathParameters(endpoint), ...queryParameters(endpoint), ...headerParameters(endpoint)];
  return {
    operationId: endpoint.operationId,
    summary: endpoint.summary,
    description: `${endpoint.summary}.${endpoint.policy === 'public' ? ' No token needed.' : endpoint.policy === 'staff' ? ' For staff.' : ''}`,
    tags: [endpoint.tag],
    ...(endpoint.policy === 'public' ? {} : { security: [{ bearer: [] }] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBodyOf(endpoint),
    responses: { ...successesOf(endpoint), ...refusalsOf(endpoint) },
  };
}

function pathParameters({ path }: Endpoint): readonly Json[] {
  return [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ query }: Endpoint): readonly Json[] {
  if (!query) return [];
  const { properties = {}, required = [] } = schemaOf(query) as { properties?: Record<string, Json>; required?: readonly string[] };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description ? { description } : {}),
    schema,
  }));
}

const headers = {
  'Idempotency-Key': 'Makes the request happen once: a repeat gets the stored answer with `Idempotency-Replayed: true`.',
  'If-Match': 'The ETag the cart was read with; 412 `cart-changed` when it has changed since.',
  'If-None-Match': 'The ETag one has; 304 when it is still the same.',
  'Last-Event-ID': 'The id of the last event that was received; the stream goes on after it.',
  Prefer: '`respond-async` answers 202 at once; the order ends by itself.',
} as const;

function headerParameters({ idempotencyKey, reads = [] }: Endpoint): readonly Json[] {
  const named = (name: keyof typeof headers, required: boolean, limits: Json): Json => ({
    name,
    in: 'header',
    required,
    description: headers[name],
    schema: { type: 'string', ...limits },
  });
  return [
    ...(idempotencyKey ? [named('Idempotency-Key', idempotencyKey === 'required', { minLength: 1, maxLength: 255 })] : []),
    ...reads.map((name) => named(name, false, {})),
  ];
}

function requestBodyOf({ body, isRaw, takesForm, takes }: Endpoint): Json {
  if (takes) return { requestBody: { required: true, content: filesOf(takes) } };
  if (takesForm)
    return { requestBody: { required: false, content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } } } };
  if (isRaw) return { requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } } };
  if (!body) return {};
  return { requestBody: { required: !body.safeParse(undefined).success, content: { 'application/json': { schema: refTo(body) } } } };
}

function filesOf(types: readonly string[]): Json {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));
}

function successesOf({ answers, hasEtag, isStream, sends }: Endpoint): Json {
  const type = isStream ? 'text/event-stream' : 'application/json';
  const etag = { ETag: { description: 'Changes with what is shown.', schema: { type: 'string' } } };
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      {
        description: successes[status] ?? 'Done',
        ...(hasEtag ? { headers: etag } : {}),
        ...(schema ? { content: { [type]: { schema: refTo(schema) } } } : sends && status === '200' ? { content: filesOf(sends) } : {}),
      },
    ]),
  );
}

const successes: Readonly<Record<string, string>> = {
  200: 'As asked',
  201: 'Made',
  202: 'Begun; it ends by itself',
  204: 'Done',
  304: 'Not changed',
};

function refusalsOf(endpoint: Endpoint): Json {
  const all = codesOf(endpoint);
  const statuses = [...new Set(all.map((code) => problems[code].status))];
  const byStatus = statuses.map((status) => [status, all.filter((code) => problems[code].status === status)] as const);
  return Object.fromEntries(
    byStatus.map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join('; '),
        content: { 'application/problem+json': { schema: refTo(Problem) } },
      },
    ]),
  );
}

function codesOf({ policy, method, path, idempotencyKey, refuses = [] }: Endpoint): readonly ProblemCode[] {
  const codes: ProblemCode[] = [
    'validation-failed',
    'request-timeout',
    'headers-too-large',
    'rate-limited',
    'internal-error',
    'overloaded',
    'unavailable',
  ];
  if (method !== 'GET') codes.push('malformed-json', 'body-too-large', 'unsupported-media-type');
  if (policy !== 'public') codes.push('token-missing', 'token-invalid');
  if (policy === 'staff') codes.push('forbidden');
  if (path.includes(':')) codes.push('not-found');
  if (idempotencyKey) codes.push('idempotency-key-missing', 'idempotency-key-in-flight', 'idempotency-key-reused');
  return [...new Set([...codes, ...refuses])].sort((a, b) => problems[a].status - problems[b].status);
}

function refTo(schema: z.ZodType): Json {
  return { $ref: `#/components/schemas/${idOf(schema)}` };
}

function idOf(schema: z.ZodType): string {
  const id = schema.meta()?.id;
  if (id === undefined) throw new TypeError('a schema of a body has no id');
  return id;
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) as Record<string, unknown>;
  return rest;
}

/** The components that `schemas` name and those that these name in turn; the registry may know more. */
function componentsFor(schemas: readonly z.ZodType[]): Json {
  const all = z.toJSONSchema(z.globalRegistry, { io: 'input', target: 'draft-2020-12', uri: (id) => `#/components/schemas/${id}` })
    .schemas as Record<string, Record<string, unknown>>;
  const needed = new Set<string>();
  const need = (id: string): void => {
    if (needed.has(id)) return;
    needed.add(id);
    for (const [, inner] of JSON.stringify(all[id]).matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      if (inner !== undefined && inner !== id) need(inner);
  };
  for (const schema of schemas) need(idOf(schema));
  return Object.fromEntries([...needed].sort().map((id) => [id, componentOf(all[id] ?? {})]));
}

function componentOf({ $schema: _dialect, $id: _uri, id: _id, ...schema }: Record<string, unknown>): Json {
  return schema;
}
