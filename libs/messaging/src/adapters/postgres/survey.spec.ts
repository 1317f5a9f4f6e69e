import { describe, expect, it } from '@jest/globals';
import { type ClaimRow, planOf } from './survey.js';

const row = (part: number, member: number | null, epoch = 1n): ClaimRow => ({
  group: 'g',
  part,
  topic: 't',
  n: part,
  member,
  epoch,
  committed: 0n,
  head: 0n,
});
const living = (...ids: number[]) => ids.map((id) => ({ group: 'g', id, topics: ['t'] }));
const held = (...parts: number[]) => new Map(parts.map((part) => [part, { epoch: 1n }]));

describe('the plan of a member', () => {
  it('takes what is free or held by the dead, and only its own share', () => {
    expect(planOf({ claims: [row(0, null), row(1, null), row(2, 9)], living: living(4, 7) }, 4, held())).toEqual({
      lost: [],
      release: [],
      take: [
        { part: 0, epoch: 1n },
        { part: 2, epoch: 1n },
      ],
    });
  });

  it('leaves alone what a living member still holds', () => {
    expect(planOf({ claims: [row(0, 7)], living: living(4, 7) }, 4, held())).toEqual({ lost: [], release: [], take: [] });
  });

  it('gives back what belongs to a member that joined', () => {
    expect(planOf({ claims: [row(0, 4), row(1, 4)], living: living(4, 7) }, 4, held(0, 1))).toEqual({ lost: [], release: [1], take: [] });
  });

  it('drops what another holds or another epoch names', () => {
    expect(planOf({ claims: [row(0, 7), row(1, 4, 2n)], living: living(4) }, 4, held(0, 1))).toEqual({
      lost: [0, 1],
      release: [],
      take: [],
    });
  });

  it('takes again what carries its own id from before', () => {
    expect(planOf({ claims: [row(0, 4, 3n)], living: living(4) }, 4, held())).toEqual({
      lost: [],
      release: [],
      take: [{ part: 0, epoch: 3n }],
    });
  });

  it('takes nothing of a topic it has not subscribed to', () => {
    expect(planOf({ claims: [{ ...row(0, null), topic: 'other' }], living: living(4) }, 4, held())).toEqual({
      lost: [],
      release: [],
      take: [],
    });
  });
});
