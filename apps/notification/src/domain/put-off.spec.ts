import { unanswered } from './mail-transport.js';
import { putOff } from './put-off.js';

describe('a mail that its server puts off', () => {
  const [minuteMs, hourMs] = [60_000, 3_600_000];
  const full = new Error('452 4.2.2 mailbox full');

  it('rests, and counts what it rested', () => {
    expect(putOff(5 * minuteMs, full, minuteMs)).toEqual({ kind: 'again', afterMs: minuteMs, putOffMs: 6 * minuteMs });
  });

  it('rests for eleven minutes when the server has it and did not say whether it takes it', () => {
    expect(putOff(0, unanswered(full), minuteMs)).toEqual({ kind: 'again', afterMs: 11 * minuteMs, putOffMs: 11 * minuteMs });
  });

  it('is given up after 48 hours of that', () => {
    expect([putOff(48 * hourMs - 1, full, minuteMs).kind, putOff(48 * hourMs, full, minuteMs).kind]).toEqual(['again', 'given-up']);
  });
});
