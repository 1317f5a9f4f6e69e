import { factCursor } from './fact-cursor.js';

describe('the cursor of audit facts', () => {
  it('begins before every id when it is empty', () => {
    expect(factCursor('')).toBe('00000000-0000-0000-0000-000000000000');
  });

  it('is the last id of the page before', () => {
    expect(factCursor('01890a5d-ac96-774b-bcce-b302099a8057')).toBe('01890a5d-ac96-774b-bcce-b302099a8057');
  });

  it('is refused when it is no id', () => {
    expect(() => factCursor("x' OR 1=1")).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code: 'bad-cursor' }) }));
  });
});
