import { describe, expect, it } from '@jest/globals';
import { Unavailable, done, effect, ignored, poison } from '../handler.js';
import { together } from './answers.js';
import { createBreadth } from './breadth.js';
import { awaySystem, inOneLine } from './classify.js';
import { nextRound, nextStep } from './ladder.js';
import { type Outage, awaited, began, isAdmitted, noOutage, passed, probes } from './outage.js';
import { defaultPolicy, jittered } from './policy.js';

describe('the ladder', () => {
  const step = (attempts: number, elapsedMs: number, isWide: boolean) => nextStep(defaultPolicy, { attempts, elapsedMs, isWide });

  it('tries a lone message three times within a second, then parks it', () => {
    expect([step(1, 0, false), step(2, 150, false), step(3, 600, false)]).toEqual([
      { kind: 'again', afterMs: 100 },
      { kind: 'again', afterMs: 400 },
      { kind: 'park' },
    ]);
  });

  it('does not spend more than a second in place on a slow handler', () => {
    expect(step(1, 950, false)).toEqual({ kind: 'park' });
    expect(step(1, 950, true)).toEqual({ kind: 'later', afterMs: 1000 });
  });

  it('pauses the partition for 1, 2 and 4 s while many fail, then parks', () => {
    expect([step(3, 600, true), step(4, 1_700, true), step(5, 3_900, true), step(6, 8_000, true), step(4, 10_000, true)]).toEqual([
      { kind: 'later', afterMs: 1000 },
      { kind: 'later', afterMs: 2000 },
      { kind: 'later', afterMs: 4000 },
      { kind: 'park' },
      { kind: 'park' },
    ]);
  });

  it('retries a parked message by its policy and ends dead', () => {
    const policy = { ...defaultPolicy, parkedMs: [5, 7] };
    expect([0, 1, 2].map((rounds) => nextRound(policy, rounds))).toEqual([
      { kind: 'open', afterMs: 5 },
      { kind: 'open', afterMs: 7 },
      { kind: 'dead' },
    ]);
  });

  it('spreads waits by a fifth', () => {
    expect([jittered(1000, 0), jittered(1000, 0.5), jittered(1000, 1)]).toEqual([800, 1000, 1200]);
  });
});

describe('breadth', () => {
  it('calls a fault wide when three keys fail, more than a fifth of what happens', () => {
    let now = 0;
    const breadth = createBreadth(() => now);
    const isWide = [];
    for (const key of ['a', 'b']) breadth.failed(key);
    isWide.push(breadth.isWide());
    breadth.failed('c');
    isWide.push(breadth.isWide());
    for (let i = 0; i < 12; i += 1) breadth.succeeded(`ok${i}`);
    isWide.push(breadth.isWide());
    now = 9_999;
    for (const key of ['a', 'b', 'c', 'd']) breadth.failed(key);
    now = 12_000;
    isWide.push(breadth.isWide());
    now = 30_000;
    isWide.push(breadth.isWide());
    expect(isWide).toEqual([false, true, false, true, false]);
  });
});

describe('classification', () => {
  const coded = (code: string | number, more: object = {}): Error => Object.assign(new Error('x'), { code }, more);

  it('tells systems that are away from messages that fail', () => {
    expect(
      [
        new Unavailable('smtp'),
        new Error('wrapped', { cause: new Unavailable('bank') }),
        coded('57P01'),
        coded('08006'),
        coded('53300'),
        coded('ECONNREFUSED'),
        coded('ENOENT', { syscall: 'connect' }),
        coded('UND_ERR_CONNECT_TIMEOUT'),
        coded('ESOCKET'),
        new DOMException('slow', 'TimeoutError'),
        coded(14, { metadata: {} }),
        new Error('Connection terminated unexpectedly'),
        new Error('timeout exceeded when trying to connect'),
      ].map((error) => awaySystem(error)),
    ).toEqual([
      'smtp',
      'bank',
      'database',
      'database',
      'database',
      'network',
      'network',
      'network',
      'network',
      'network',
      'service',
      'database',
      'database',
    ]);
  });

  it("takes everything else for the message's own failure", () => {
    const own = [
      new TypeError('x'),
      coded('40001'),
      coded('23505'),
      coded('57014'),
      coded('ENOENT', { syscall: 'open' }),
      coded('UND_ERR_INVALID_ARG'),
      coded(5, { metadata: {} }),
      coded(14),
      'text',
      undefined,
    ];
    expect(own.map((error) => awaySystem(error))).toEqual(own.map(() => undefined));
  });

  it('puts any error on one storable line', () => {
    expect(inOneLine(new RangeError('a\n  b\0c\ud800'))).toBe('RangeError: a b\ufffdc\ufffd');
  });

  it('names the class of an error only where it says something, or nothing else does', () => {
    const ofPostgres = Object.assign(new Error('duplicate key'), { name: 'error' });
    expect(
      [new Error('no such street'), ofPostgres, new TypeError('x is undefined'), 'text', new TypeError(''), new Error('')].map(inOneLine),
    ).toEqual(['no such street', 'duplicate key', 'TypeError: x is undefined', 'text', 'TypeError', 'Error']);
  });
});

describe('several handlers of one event', () => {
  it('answer together: poison, then effects, then done, then ignored', async () => {
    const act = effect(
      async () => 7,
      async () => ignored('late'),
    );
    expect(together([ignored('x'), done])).toEqual(done);
    expect(together([ignored('x'), ignored('y')])).toEqual(ignored('x'));
    expect(together([act, poison('no')])).toEqual(poison('no'));
    expect(together([done, act])).toBe(act);
    expect(together([])).toEqual(done);
    const both = together([
      act,
      effect(
        async () => 8,
        async () => done,
      ),
    ]);
    if (both.kind !== 'act') throw new Error(both.kind);
    const outcome = await both.act();
    expect(outcome).toEqual([7, 8]);
    expect(await both.settle(undefined as never, outcome)).toEqual(done);
  });
});

describe('an outage', () => {
  const found = { system: 'smtp', probe: 'order/3/7' };

  it('lets nobody through, then its probe, then everybody', () => {
    const away = began(noOutage, { ...found, nowMs: 100_000 });
    expect(away).toEqual({ kind: 'away', system: 'smtp', step: 0, untilMs: 100_250, probe: 'order/3/7' });
    const probing = probes(away, 100_250);
    const is = (outage: Outage, nowMs: number) => ['order/3/7', 'order/0/1'].map((message) => isAdmitted(outage, message, nowMs));
    expect([is(away, 100_100), is(probing, 100_300), is(probing, 102_250)]).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
    expect(passed(probing, 'order/0/1', 100_300)).toBe(probing);
    expect(passed(probing, 'order/3/7', 100_300)).toBe(noOutage);
    expect([awaited(away, 0), awaited(probing, 100_300), awaited(probing, 102_250), awaited(noOutage, 0)]).toEqual([
      'smtp',
      'smtp',
      undefined,
      undefined,
    ]);
  });

  it('backs off further while probes fail, and starts anew after one has passed', () => {
    let outage: Outage = noOutage;
    const steps = [100_000, 101_000, 103_000, 106_000, 112_000, 120_000].map((nowMs) => {
      const away = began(outage, { ...found, nowMs });
      outage = probes(away, nowMs);
      return away.untilMs - nowMs;
    });
    expect(steps).toEqual([250, 500, 1000, 2000, 4000, 4000]);
    const over = passed(outage, found.probe, 121_000);
    expect(began(over, { ...found, nowMs: 122_000 }).step).toBe(0);
  });
});
