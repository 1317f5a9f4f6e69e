import { Controller, Get, type INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** Every address of the sandbox, as `GET /bank/charges`: those that are added after `listen` was called. */
export class Addresses {
  private readonly found = new Set<string>();

  /** `serviceUrl`: where the shop's services reach the sandbox. */
  constructor(readonly serviceUrl: string) {}

  get all(): readonly string[] {
    return [...this.found].sort((a, b) => pathOf(a).localeCompare(pathOf(b)));
  }

  /** Before the application adds its routes. */
  listen(app: INestApplication): void {
    const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
    fastify.addHook('onRoute', ({ method, url }) => {
      const methods = [method].flat().filter((each) => each !== 'HEAD' && each !== 'OPTIONS');
      if (url !== '' && url !== '/' && url !== '*') for (const each of methods) this.found.add(`${each} ${url}`);
    });
  }
}

/** What a person finds who opens the address that the start has printed. */
@Controller()
export class ShowAddressesHttp {
  constructor(private readonly addresses: Addresses) {}

  @Get()
  show(): { about: string; reference: string; serviceUrl: string; addresses: readonly string[] } {
    return {
      about: 'The sandbox: bank, carrier, mailbox, text messages and webhook receiver of the shop, for development and tests',
      reference: 'docs/reference/sandbox.md',
      serviceUrl: this.addresses.serviceUrl,
      addresses: this.addresses.all,
    };
  }
}

function pathOf(address: string): string {
  return address.slice(address.indexOf(' ') + 1);
}
