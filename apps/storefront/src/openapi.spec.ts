import { readFile } from 'node:fs/promises';
import { Controller, Get } from '@nestjs/common';
import { controllers } from './edge.js';
import { endpointsOf } from './features/edge/endpoint.js';
import { openApiFile, openApiText } from './openapi-document.js';

type Operation = { operationId: string; summary: string; tags: string[]; responses: Record<string, { content?: Record<string, unknown> }> };

describe('the public API', () => {
  it('is documented as it is: after a change, write the document with `node apps/storefront/dist/write-openapi.js`', async () => {
    expect(await readFile(openApiFile, 'utf8')).toBe(openApiText());
  });

  it('names, sums up and tags every operation, and documents its problems', () => {
    const { paths, openapi } = JSON.parse(openApiText()) as { openapi: string; paths: Record<string, Record<string, Operation>> };
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    expect([openapi, operations.length]).toEqual(['3.1.0', endpointsOf(controllers).length]);
    for (const { operationId, summary, tags, responses } of operations) {
      expect([operationId, summary, tags.length]).toEqual([expect.stringMatching(/^[a-z][A-Za-z]+$/), expect.stringMatching(/\S/), 1]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '429', '500', '503']));
    }
  });

  it('honours Idempotency-Key on every POST, but where there is a reason not to', () => {
    const reasons: Readonly<Record<string, string>> = {
      createGuest: 'a stored answer would be a stored token',
      register: 'a stored answer would be a stored token; a second time is email-taken',
      login: 'a stored answer would be a stored token',
      refresh: 'a stored answer would be a stored token',
      logout: 'a token that is gone stays gone',
      lookupOrder: 'changes nothing',
      receiveCarrierWebhook: 'has an id of its own, which is kept',
      receivePaymentWebhook: 'has an id of its own, which is kept',
      unsubscribe: 'whoever asks has no name, so that all would share their keys; what is off stays off',
    };
    const posts = endpointsOf(controllers).filter(({ method }) => method === 'POST');
    const ignoring = posts.filter(({ idempotencyKey }) => idempotencyKey === undefined).map(({ operationId }) => operationId);
    expect(ignoring.sort()).toEqual(Object.keys(reasons).sort());
  });

  it('boots with no route that declares no policy', () => {
    @Controller()
    class Careless {
      @Get('/v1/open-door')
      handle(): string {
        return 'anything';
      }
    }
    expect(() => endpointsOf([...controllers, Careless])).toThrow('a route of Careless declares no policy');
    expect(() => endpointsOf([...controllers, controllers[0]!])).toThrow('two operations are called createGuest');
  });
});
