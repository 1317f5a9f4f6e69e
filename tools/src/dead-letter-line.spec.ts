import { deadLetterLine, type ListedLetter } from './dead-letter-line.js';

const letter: ListedLetter = {
  id: 'dl_1',
  group: 'shipping',
  type: 'order.confirmed.v1',
  key: 'ord_1',
  status: 'dead',
  class: 'poison',
  reason: 'undeliverable',
  attempts: 1,
  firstFailedAt: '2026-11-23T11:50:00.000Z',
  nextAt: null,
};
const now = new Date('2026-11-23T12:00:00.000Z');

describe('a dead letter in a line', () => {
  it('says where it is, of what class, since when and why', () => {
    expect(deadLetterLine(letter, now)).toBe(
      'dl_1  shipping  order.confirmed.v1  ord_1  dead  poison  10 minutes old  1 try  undeliverable',
    );
  });

  it('says when it is tried again by itself', () => {
    const open = { ...letter, status: 'open', class: 'transient', attempts: 3, nextAt: '2026-11-23T12:00:08.000Z' };
    expect(deadLetterLine(open, now)).toContain('open  transient  10 minutes old  3 tries, next 2026-11-23T12:00:08.000Z  undeliverable');
  });

  it('is new when it failed by a clock ahead of ours', () => {
    expect(deadLetterLine({ ...letter, firstFailedAt: '2026-11-23T12:00:03.000Z' }, now)).toContain('poison  0 s old');
  });
});
