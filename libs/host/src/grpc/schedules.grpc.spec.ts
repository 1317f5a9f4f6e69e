import { createLogger } from '../logger.js';
import { createSchedules } from '../schedules.js';
import { aCaller, createSpecDatabase, type SpecDatabase } from '../testing/index.js';
import { ScheduleSources, SchedulesGrpc } from './schedules.grpc.js';

describe('a schedule that is steered under a key', () => {
  let spec: SpecDatabase;
  let grpc: SchedulesGrpc;
  beforeAll(async () => {
    spec = await createSpecDatabase('host');
    const schedules = createSchedules(spec.database, createLogger('host-spec', 'silent'));
    const schedule = schedules.every({ name: 'tidy', everyMs: 3_600_000, work: () => Promise.resolve() });
    await schedule.start();
    await schedule.stop();
    grpc = new SchedulesGrpc(new ScheduleSources('host', { schedules, database: spec.database }));
  });
  afterAll(() => spec.drop());

  const replays: string[] = [];
  const by = (key: string) => aCaller({ kind: 'user', principal: { id: 'cus_9', kind: 'staff' } }, key, () => void replays.push(key));
  const steer = (action: string, key: string, name = 'tidy') => grpc.steer({ name, action, actor: 'cus_9', reason: 'spec' }, by(key));

  it('is steered once: a repeat is answered as the first, whatever was done meanwhile, and does nothing', async () => {
    const paused = await steer('pause', 'k-1');
    await steer('resume', 'k-2');
    expect([await steer('pause', 'k-1'), replays]).toEqual([paused, ['k-1']]);
    expect((await grpc.list({})).schedules).toMatchObject([{ name: 'tidy', pausedAt: '' }]);
  });

  it('refuses the key with another action, and leaves it free where there was no such schedule', async () => {
    await expect(steer('run', 'k-1')).rejects.toMatchObject({ problem: { code: 'idempotency-key-reused' } });
    await expect(steer('pause', 'k-3', 'nobody')).rejects.toMatchObject({ problem: { code: 'not-found' } });
    expect((await steer('pause', 'k-3')).pausedAt).not.toBe('');
  });
});
