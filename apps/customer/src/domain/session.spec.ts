import { refresh } from './session.js';

const fresh = { isUsed: false, isExpired: false, sessionEnded: false };

describe('presenting a refresh token', () => {
  it('replaces a fresh one', () => expect(refresh(fresh)).toEqual({ kind: 'rotate' }));
  it('gives a used one away as a copy', () => expect(refresh({ ...fresh, isUsed: true })).toEqual({ kind: 'reused' }));
  it('gives a used one away even when it has expired', () =>
    expect(refresh({ ...fresh, isUsed: true, isExpired: true })).toEqual({ kind: 'reused' }));
  it('refuses an expired one', () => expect(refresh({ ...fresh, isExpired: true })).toEqual({ kind: 'refused' }));
  it('refuses every token of an ended session', () => expect(refresh({ ...fresh, sessionEnded: true })).toEqual({ kind: 'refused' }));
});
