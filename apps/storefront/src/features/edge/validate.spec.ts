import type { FieldError } from '@tandem/contracts';
import type { Refusal } from '@tandem/host';
import { z } from 'zod';
import { validated } from './validate.js';

function errorsOf(schema: z.ZodType, value: unknown): readonly FieldError[] {
  try {
    validated(schema, value, '');
  } catch (error) {
    return (error as Refusal).problem.errors ?? [];
  }
  return [];
}

const unknownFields = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, 1]));

describe('a request that does not fit', () => {
  const line = z.strictObject({ variantId: z.string(), quantity: z.int(), seats: z.array(z.string()) }).partial();

  it('is told which fields are known once per object', () => {
    expect(errorsOf(z.array(line), [{ a: 1, b: 2 }, { c: 3 }])).toEqual([
      { pointer: '/0/a', code: 'unknown-field', message: 'is not known here; known are variantId, quantity, seats' },
      { pointer: '/0/b', code: 'unknown-field', message: 'is not known here' },
      { pointer: '/1/c', code: 'unknown-field', message: 'is not known here; known are variantId, quantity, seats' },
    ]);
  });

  it('is told 50 of its faults, and how many more there are', () => {
    expect(errorsOf(line, unknownFields(50)).map(({ message }) => message)).not.toContainEqual(expect.stringContaining('more'));
    const errors = errorsOf(line, unknownFields(9_000));
    expect(errors).toHaveLength(50);
    expect(errors[49]).toEqual({ pointer: '/field49', code: 'unknown-field', message: 'is not known here; 8950 more do not fit' });
    expect(JSON.stringify(errors).length).toBeLessThan(5_000);
  });

  it('is told 50 of them also when each is of an item of its own', () => {
    const errors = errorsOf(z.array(line), Array(9_000).fill({ more: 1 }));
    expect(errors).toHaveLength(50);
    expect(JSON.stringify(errors).length).toBeLessThan(8_000);
  });

  it('is told one fault per field', () => {
    const twice = z.string().min(3, 'is too short').regex(/^a/, 'wants an a first');
    expect(errorsOf(z.strictObject({ it: twice }), { it: 'x' })).toEqual([{ pointer: '/it', code: 'too-small', message: 'is too short' }]);
  });
});
