import { createLogger } from './logger.js';
import { createSpecDatabase } from './testing/index.js';

describe('log lines', () => {
  it('tell why a statement failed, also as a cause, but not the row it failed for', async () => {
    const spec = await createSpecDatabase('host');
    const lines: string[] = [];
    const logger = createLogger('host', 'info', { write: (line) => void lines.push(line) });
    await spec.pool.query('CREATE TABLE person (email text, age int CHECK (age > 0))');
    const error: unknown = await spec.pool.query(`INSERT INTO person VALUES ('ada@tandem.example', -1)`).catch((failed: unknown) => failed);
    await spec.drop();
    logger.error({ err: error }, 'first');
    logger.error({ err: new Error('outer', { cause: error }) }, 'second');
    expect(JSON.stringify(error)).toContain('ada@tandem.example');
    expect(lines.join('')).not.toContain('ada@');
    const [first, second] = lines.map((line) => JSON.parse(line) as { err: Record<string, unknown> });
    expect(first?.err).toMatchObject({
      code: '23514',
      constraint: 'person_age_check',
      message: expect.stringContaining('violates check constraint'),
    });
    expect(second?.err).toMatchObject({ message: 'outer', cause: { code: '23514', constraint: 'person_age_check' } });
  });
});
