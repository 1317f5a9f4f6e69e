import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** Serves `/docs`, which shows the OpenAPI document, and the product pictures under `/images/`. */
export async function serveFiles(app: INestApplication, document: object): Promise<void> {
  SwaggerModule.setup('docs', app, document as OpenAPIObject, { raw: false, customSiteTitle: 'Tandem storefront' });
  await (app as NestFastifyApplication).register(fastifyStatic as never, pictures() as never);
}

/** Their names change with their content. Licence: apps/catalog/seed/LICENSES.md. */
function pictures(): object {
  const root = join(dirname(createRequire(import.meta.url).resolve('@lobehub/fluent-emoji-3d/package.json')), 'assets');
  return { root, prefix: '/images/', decorateReply: false, index: false, immutable: true, maxAge: '365d' };
}
