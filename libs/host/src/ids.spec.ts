import { validate, version } from 'uuid';
import { newUuid, parsePublicId, toPublicId, uuidOfField } from './ids.js';
import { Refusal } from './refusal.js';

describe('a new id', () => {
  it('is a UUIDv7 of its own, of this millisecond, and the same after a trip through its public form', () => {
    const from = Date.now();
    const ids = Array.from({ length: 10_000 }, newUuid);
    const to = Date.now();
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect([validate(id), version(id), parsePublicId('order', toPublicId('order', id))]).toEqual([true, 7, id]);
      const ms = parseInt(id.replaceAll('-', '').slice(0, 12), 16);
      expect(ms).toBeGreaterThanOrEqual(from);
      expect(ms).toBeLessThanOrEqual(to);
    }
  });
});

describe('the id in a field of a request', () => {
  it('is the UUID of its public form', () => {
    const uuid = newUuid();
    expect(uuidOfField('order', toPublicId('order', uuid), '/orderId')).toBe(uuid);
  });

  it('is refused by the name of its field when it is malformed or of another kind', () => {
    for (const text of ['', 'ord_x', 'ord_00000000000000000000000001', toPublicId('cart', newUuid())]) {
      const message = 'must be an id of kind order';
      expect(() => uuidOfField('order', text, '/orderId')).toThrow(
        new Refusal('validation-failed', { detail: `/orderId: ${message}`, errors: [{ pointer: '/orderId', code: 'id', message }] }),
      );
    }
  });
});
