import { newUuid, toPublicId, uuidOfField } from './ids.js';
import { Refusal } from './refusal.js';

describe('the id in a field of a request', () => {
  it('is the UUID of its public form', () => {
    const uuid = newUuid();
    expect(uuidOfField('order', toPublicId('order', uuid), '/orderId')).toBe(uuid);
  });

  it('is refused by the name of its field when it is malformed or of another kind', () => {
    for (const text of ['', 'ord_x', toPublicId('cart', newUuid())]) {
      const message = 'must be an id of kind order';
      expect(() => uuidOfField('order', text, '/orderId')).toThrow(
        new Refusal('validation-failed', { detail: `/orderId: ${message}`, errors: [{ pointer: '/orderId', code: 'id', message }] }),
      );
    }
  });
});
