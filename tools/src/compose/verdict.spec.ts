import type { Container } from './containers.js';
import { mebibytesOf } from './containers.js';
import { type Seen, wrongWith } from './verdict.js';

const order: Container = {
  service: 'order',
  image: 'tandem/services',
  usedMiB: 90,
  limitMiB: 160,
  restarts: 0,
  outOfMemory: false,
  exitCode: 0,
};
const kafka: Container = { ...order, service: 'kafka', image: 'apache/kafka:4.3.1', limitMiB: 640, exitCode: 143 };
const seen: Seen = { healthyMs: 40_000, journeysPassed: true, copies: 12, running: [order, kafka], stopped: [order, kafka] };

describe('the check of the compose file', () => {
  it('finds nothing wrong with a system that is healthy, passes the journeys and ends when it is told to', () => {
    expect(wrongWith(seen)).toEqual([]);
  });

  it.each<[string, Partial<Seen>, string]>([
    ['a slow start', { healthyMs: 121_000 }, 'healthy after 121 s, at most 120'],
    ['a journey that failed', { journeysPassed: false }, 'a journey failed (above)'],
    ['mails that nobody sees', { copies: 0 }, 'Mailpit has no copy of any mail'],
    ['too much memory', { running: [order, { ...kafka, limitMiB: 4000 }] }, 'the memory limits sum to 4160 MiB, at most 4096'],
    ['a container without a limit', { running: [{ ...order, limitMiB: 0 }] }, 'order has no memory limit'],
    ['one that ran out of memory', { stopped: [{ ...order, outOfMemory: true }] }, 'order ran out of memory'],
    ['one that fell and was started again', { stopped: [{ ...order, restarts: 2 }] }, 'order was started again 2 times'],
    ['a service that does not drain', { stopped: [{ ...order, exitCode: 143 }] }, 'order ended with 143 when it was stopped'],
    ['a server that was killed', { stopped: [{ ...kafka, exitCode: 137 }] }, 'kafka ended with 137 when it was stopped'],
  ])('names %s', (_, change, wrong) => {
    expect(wrongWith({ ...seen, ...change })).toEqual([wrong]);
  });

  it('does not count the memory of what has ended, as the migrations have', () => {
    expect(wrongWith({ ...seen, running: [order, { ...kafka, usedMiB: 0, limitMiB: 4000 }] })).toEqual([]);
  });
});

describe('memory as docker stats has it', () => {
  it.each([
    ['93.5MiB', 93.5],
    ['1.5GiB', 1536],
    ['512KiB', 0.5],
    ['0B', 0],
  ])('%s is %d MiB', (size, mebibytes) => {
    expect(mebibytesOf(size)).toBe(mebibytes);
  });

  it('is not guessed', () => {
    expect(() => mebibytesOf('93MB')).toThrow('docker stats said "93MB"');
  });
});
