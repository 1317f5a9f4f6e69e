import { randomFrom } from '@tandem/kernel/testing';
import { applied, serve, stockIdempotentProducer } from '@tandem/messaging/testing';
import { effectsOf, happen, happenings, untilEffects } from './counting.js';
import { type StagedScenario, checks, numbers } from './scenario.js';
import type { Stage } from './stage.js';

export const ackLoss: StagedScenario = {
  name: 'ack-loss',
  must: 'answers of the broker are lost after it has appended: 0 missing; the stock idempotent producer, as control, loses every one',
  logs: ['kafka'],
  inCi: ['kafka'],
  async run(stage) {
    const losses = stage.size({ short: 10, full: 200 });
    const service = await serve(stage.db, { call: applied, log: stage.log() });
    const all = happenings('a', { orders: losses, each: 4, random: randomFrom(stage.seed) });
    await happen(service, stage, { all: happenings('warm', { orders: 5, each: 2, random: randomFrom(1) }), perSecond: 100 });
    const lost = stage.server.proxy.loseAnswers(losses);
    // As slow as the losses: after each the relay waits a second before it sends the batch again.
    await happen(service, stage, { all, perSecond: 4 });
    await untilEffects(stage, 'a', { count: all.length, withinMs: 120_000 + losses * 2_000 });
    await service.stop();
    const lostAnswers = lost();
    const { total, distinct, inversions } = await effectsOf(stage, 'a');
    const control = await controlLoss(stage, stage.size({ short: 5, full: 200 }));
    const { faults, expect } = checks();
    expect(distinct === all.length, `${all.length - distinct} missing`);
    expect(total === distinct && inversions === 0, `${total - distinct} doubled, ${inversions} inversions`);
    expect(lostAnswers > 0, 'no answer was lost');
    return {
      figure: `${all.length - distinct} of ${all.length} missing after ${lostAnswers} lost answers; control: ${control.missing} of ${control.acknowledged} acknowledged records missing`,
      faults,
    };
  },
};

/** Every send but the next one after it loses all its answers; what is acknowledged afterwards must be in the topic, and is not. */
async function controlLoss({ server, log }: Stage, count: number): Promise<{ acknowledged: number; missing: number }> {
  if (!('kafka' in server.address)) return { acknowledged: 0, missing: 0 };
  const client = log();
  const topic = 'control';
  await client.ensureTopics([{ name: topic, key: 'any', partitions: 1, retentionDays: 1 }]);
  const producer = await stockIdempotentProducer(server.address.kafka, 1);
  const acknowledged: string[] = [];
  for (const n of numbers(count)) {
    server.proxy.loseAnswers(2);
    await producer.send(topic, 'k', `lost-${String(n).padStart(4, '0')}`).catch(() => undefined);
    server.proxy.loseAnswers(0);
    const value = `next-${String(n).padStart(4, '0')}`;
    await producer.send(topic, 'k', value).then(
      () => acknowledged.push(value),
      () => undefined,
    );
  }
  await producer.close();
  const found = new Set((await client.read({ topic, partition: 0, offset: 0n }, 10_000)).map(({ value }) => value));
  return { acknowledged: acknowledged.length, missing: acknowledged.filter((value) => !found.has(value)).length };
}
