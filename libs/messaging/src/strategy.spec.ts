import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type INestMicroservice,
  Injectable,
  Module,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { deadLetterTopic, topics } from '@tandem/contracts';
import { type Tx, sessionOf } from '@tandem/kernel';
import { Registry } from 'prom-client';
import { v7 } from 'uuid';
import { memoryEventLog } from './adapters/memory/memory-event-log.js';
import type { EventLog } from './event-log.js';
import { type Handled, type Message, Unavailable, done } from './handler.js';
import { type Messaging, createMessaging } from './messaging.js';
import { On } from './on.js';
import type { SpecDatabase } from './spec-database.js';
import { CountedV1, createSpecStore, eventually, recordOf, silent } from './spec-service.js';

type Counted = { readonly orderId: string; readonly n: number };

@Injectable()
class Seen {
  readonly messages: Message[] = [];
  readonly plain: unknown[] = [];
  guarded = 0;
  smtpIsAway = false;
}

@Injectable()
class CountingGuard implements CanActivate {
  constructor(private readonly seen: Seen) {}

  canActivate(): boolean {
    this.seen.guarded += 1;
    return true;
  }
}

/** What a host puts over all its servers for gRPC; it must not get at the handlers' errors. */
@Catch()
class Replacing implements ExceptionFilter {
  catch(): never {
    throw new Error('replaced');
  }
}

@Controller()
class NoteOnCounted {
  constructor(private readonly seen: Seen) {}

  @On(CountedV1)
  @UseGuards(CountingGuard)
  async handle(event: Counted, tx: Tx, message: Message<Counted>): Promise<Handled> {
    if (this.seen.smtpIsAway) throw new Unavailable('smtp');
    await sessionOf(tx).query({ name: 'spec.nest', text: 'INSERT INTO effect (order_id, n) VALUES ($1, $2)' }, [event.orderId, event.n]);
    this.seen.messages.push(message);
    return done;
  }
}

@Controller()
class AlsoOnCounted {
  constructor(private readonly seen: Seen) {}

  @On(CountedV1, { where: ({ data }) => data.n === 2 })
  async handle(event: Counted): Promise<Handled> {
    this.seen.plain.push(event);
    return done;
  }
}

@Controller()
class PlainOnDelivered {
  constructor(private readonly seen: Seen) {}

  @EventPattern('order.delivered.v1')
  handle(@Payload() data: unknown): void {
    this.seen.plain.push(data);
  }
}

@Controller()
class Asking {
  @MessagePattern('ask')
  handle(): string {
    return 'no';
  }
}

@Module({ controllers: [NoteOnCounted, AlsoOnCounted, PlainOnDelivered], providers: [Seen, CountingGuard] })
class ServiceModule {}

@Module({ controllers: [Asking] })
class AskingModule {}

let db: SpecDatabase;
let log: EventLog;
let messaging: Messaging;
let app: INestMicroservice | undefined;

beforeAll(async () => void (db = await createSpecStore()), 30_000);
afterAll(() => db.drop(), 30_000);
afterEach(async () => {
  await app?.close();
  await messaging.stop();
  await log.close();
  await db.sql('TRUNCATE messaging.inbox, messaging.mark, messaging.parked, effect');
});

async function boot(module: typeof ServiceModule): Promise<INestMicroservice> {
  log = memoryEventLog();
  await log.ensureTopics([...Object.values(topics), deadLetterTopic]);
  messaging = createMessaging({
    service: 'spec',
    database: db.database,
    connectionString: db.connectionString,
    log,
    newId: v7,
    deadLetterId: String,
    logger: silent,
    registry: new Registry(),
    validate: true,
  });
  const { strategy } = messaging;
  app = await NestFactory.createMicroservice(module, { strategy, logger: false, abortOnError: false });
  app.useGlobalFilters(new Replacing());
  await messaging.start();
  await app.listen();
  return app;
}

describe('a Nest controller', () => {
  it('is called with event, transaction and message; guards, rules and several handlers of one event work', async () => {
    const seen = (await boot(ServiceModule)).get(Seen);
    await log.publish([recordOf({ orderId: 'a', n: 1 }, 1), recordOf({ orderId: 'a', n: 2 }, 2)]);
    await eventually(
      () => seen.plain.length,
      (count) => count === 1,
    );

    expect(seen.messages.map(({ key, sequence, data, type }) => ({ key, sequence, data, type }))).toEqual([
      { key: 'a', sequence: 1n, data: { orderId: 'a', n: 1 }, type: 'order.counted.v1' },
      { key: 'a', sequence: 2n, data: { orderId: 'a', n: 2 }, type: 'order.counted.v1' },
    ]);
    expect(seen.plain).toEqual([{ orderId: 'a', n: 2 }]);
    expect(seen.guarded).toBe(2);
  });

  it("throws its own errors into the pipeline, not Nest's replacement", async () => {
    const seen = (await boot(ServiceModule)).get(Seen);
    seen.smtpIsAway = true;
    await log.publish([recordOf({ orderId: 'a', n: 1 }, 1)]);
    await eventually(
      () => messaging.ready().detail,
      (detail) => detail === 'consuming waits for: smtp',
    );
    seen.smtpIsAway = false;

    await eventually(
      () => seen.messages.length,
      (count) => count === 1,
    );
    expect(await db.sql('SELECT FROM messaging.parked')).toEqual([]);
  });

  it("may use Nest's own @EventPattern with the type of an event", async () => {
    const seen = (await boot(ServiceModule)).get(Seen);
    const data = {
      orderId: 'ord_01h455vb4pex5vsknk084sn02q',
      number: 'AB12CD34',
      customerId: null,
      email: 'a@example.com',
      locale: 'en',
      total: { amount: 100, currency: 'EUR' },
      deliveredAt: '2026-01-01T00:00:00.000Z',
    };
    const record = recordOf({ orderId: data.orderId, n: 0 }, 1, { type: 'order.delivered.v1', value: JSON.stringify(data) });
    await log.publish([record]);

    expect(
      await eventually(
        () => seen.plain,
        (plain) => plain.length === 1,
      ),
    ).toEqual([data]);
  });

  it('may not answer requests over the log', async () => {
    await expect(boot(AskingModule)).rejects.toThrow(/carries events, not requests/);
  });
});
