import type { DeadLetterFilter, Operations } from '@tandem/messaging';
import type { Refusal } from '../refusal.js';
import { DeadLettersGrpc } from './dead-letters.grpc.js';
import type { OpsSources } from './ops.grpc.js';

describe('a replay of many dead letters', () => {
  const asked: unknown[] = [];
  const deadLetters = {
    list: (filter: DeadLetterFilter) => Promise.resolve((asked.push(filter), { items: [] })),
    replay: ({ filter }: { filter: DeadLetterFilter }) => Promise.resolve((asked.push(filter), { matched: 0, replayed: [] })),
  };
  const grpc = new DeadLettersGrpc({ operations: { deadLetters } as unknown as Operations } as unknown as OpsSources);
  const replay = (failedBefore: string) =>
    grpc.replayMany({
      group: 'mail',
      type: '',
      reason: '',
      orderId: '',
      failedBefore,
      actor: 'cus_1',
      dryRun: false,
      why: '',
      keysPerSecond: 0,
    });
  const list = (failedBefore: string) =>
    grpc.list({ group: 'mail', type: '', reason: '', orderId: '', status: '', failedBefore, limit: 0, cursor: '' });

  beforeEach(() => void asked.splice(0));

  it('is narrowed to what failed before a moment, and not narrowed without one', async () => {
    await replay('2026-11-21T12:00:00Z');
    await replay('');
    expect(asked).toEqual([{ group: 'mail', failedBefore: new Date('2026-11-21T12:00:00Z') }, { group: 'mail' }]);
  });

  it('is refused, not widened, when the moment cannot be read; a list too', async () => {
    const errors = await Promise.all(
      [replay('yesterday'), replay('2026-13-45'), list('yesterday')].map((call) =>
        call.then(
          () => 'done',
          ({ problem }: Refusal) => problem.errors?.map(({ pointer, code }) => `${pointer} ${code}`),
        ),
      ),
    );
    expect(errors).toEqual([['/failedBefore invalid'], ['/failedBefore invalid'], ['/failedBefore invalid']]);
    expect(asked).toEqual([]);
  });
});
