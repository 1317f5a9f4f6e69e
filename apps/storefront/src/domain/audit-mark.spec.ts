import type { Invariant } from './audit-facts.js';
import { formatMark, lookingBack, nextMark, parseMark } from './audit-mark.js';

const at = new Date('2026-11-22T21:00:00.123Z');
const ids = ['ord_01h455vb4pex5vsknk084sn02q', 'var_01h455vb4pex5vsknk084sn02q'] as const;
const wrong = (...subjects: readonly string[]): readonly Invariant[] => wrongOf('I3', ...subjects);
const wrongOf = (id: string, ...subjects: readonly string[]): readonly Invariant[] => [
  {
    id,
    title: '',
    remedy: '',
    checked: 1,
    violations: subjects.map((subject) => ({ subject, message: 'is wrong', rows: [] })),
  },
];
const anOrder = (number: number): string => `ord_${String(number).padStart(26, '0')}`;

describe('the mark of an audit', () => {
  it('is a time and what is watched, and stays itself on its way', () => {
    const mark = { at, watched: ids };
    expect(formatMark(mark)).toBe(`2026-11-22T21:00:00.123Z,${ids.join(',')}`);
    expect(parseMark(formatMark(mark))).toEqual(mark);
    expect(parseMark('2026-11-22T21:00:00Z')).toEqual({ at: new Date('2026-11-22T21:00:00Z'), watched: [] });
  });

  it.each([
    '',
    'yesterday',
    '2026-11-22',
    '2026-13-22T21:00:00Z',
    '2026-11-22T21:00:00Z,',
    '2026-11-22T21:00:00Z,cus_01h455vb4pex5vsknk084sn02q',
  ])('is not %j', (text) => expect(parseMark(text)).toBeUndefined());

  it('is the earliest moment of all services, whose clocks may differ', () => {
    const early = new Date(at.getTime() - 600_000);
    expect(nextMark([at, early, at], [])).toEqual({ at: early, watched: [] });
  });

  it('is none when a service cannot say until when it has told everything', () => {
    expect([nextMark([at, undefined], []), nextMark([], [])]).toEqual([undefined, undefined]);
  });

  it('watches once each what was wrong, but for queues, which are read every time, and is none when that is too much for an address', () => {
    expect(nextMark([at], [...wrong(...ids, ids[0]), ...wrongOf('I8', 'outbox of order')])?.watched).toEqual(ids);
    const many = Array.from({ length: 200 }, (_, number) => anOrder(number));
    const most = nextMark([at], wrong(...many));
    expect(most?.watched).toEqual(many);
    expect(most && parseMark(formatMark(most))).toEqual(most);
    expect(nextMark([at], wrong(...many, anOrder(200)))).toBeUndefined();
  });

  it('is none when something is wrong that cannot be watched', () => {
    expect(nextMark([at], wrong(ids[0], 'ledger'))).toBeUndefined();
  });

  it('looks back behind itself for longer than an order may lack its effects', () => {
    expect(at.getTime() - lookingBack({ at, watched: [] }).getTime()).toBeGreaterThan(15_000);
  });
});
