import type { Database } from '@tandem/kernel';
import { createLogger } from './logger.js';
import { createSchedules, type Steering } from './schedules.js';
import { createSpecDatabase, eventually, type SpecDatabase } from './testing/index.js';

const by = { actor: 'cus_staff', reason: 'spec' };

describe('schedules', () => {
  let spec: SpecDatabase;
  beforeAll(async () => void (spec = await createSpecDatabase('host')));
  afterAll(() => spec.drop());

  const schedules = () => createSchedules(spec.database, createLogger('host-spec', 'silent'));
  const steer = (steering: Omit<Steering, keyof typeof by>, on = schedules()) =>
    spec.database.transaction((tx) => on.steer(tx, { ...by, ...steering }));
  const stateOf = async (name: string) => (await schedules().list()).find((state) => state.name === name);

  it('run at the start, again when due or woken, and say when they ran', async () => {
    let runs = 0;
    const schedule = schedules().every({ name: 'again', everyMs: 60_000, work: () => Promise.resolve(++runs < 3 ? 0 : undefined) });
    await schedule.start();
    await eventually(
      () => runs,
      (seen) => seen === 3,
    );
    schedule.wake();
    await eventually(
      () => runs,
      (seen) => seen === 4,
    );
    await schedule.stop();
    expect(await stateOf('again')).toEqual({
      name: 'again',
      everyMs: 60_000,
      lastRunAt: expect.any(Date),
      lastMs: expect.any(Number),
      lastError: null,
      nextRunAt: expect.any(Date),
      pausedAt: null,
      steeredBy: null,
      steeredBecause: null,
    });
  });

  it('come again after a failure, which is kept', async () => {
    let runs = 0;
    const schedule = schedules().every({ name: 'failing', everyMs: 60_000, work: () => Promise.reject(new Error(`no. ${++runs}`)) });
    await schedule.start();
    await eventually(
      () => stateOf('failing'),
      (state) => state?.lastError === 'no. 1',
    );
    schedule.wake();
    await eventually(
      () => stateOf('failing'),
      (state) => state?.lastError === 'no. 2',
    );
    await schedule.stop();
  });

  it('do not start while the database is away, so that none runs that operators cannot see', async () => {
    let runs = 0;
    const lost = [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })];
    const database: Database = {
      ...spec.database,
      query: (statement, values) => (lost[0] ? Promise.reject(lost.shift()) : spec.database.query(statement, values)),
    };
    const seldom = createSchedules(database, createLogger('host-spec', 'silent'));
    const schedule = seldom.every({ name: 'seldom', everyMs: 3_600_000, work: () => Promise.resolve(void (runs += 1)) });
    await expect(schedule.start()).rejects.toThrow('ECONNREFUSED');
    expect(await stateOf('seldom')).toBeUndefined();
    expect(runs).toBe(0);
    await schedule.start();
    expect(await stateOf('seldom')).toMatchObject({ everyMs: 3_600_000 });
    await schedule.stop();
    expect(runs).toBe(1);
  });

  it('rest while they are paused, here and on other replicas, but for a run that is asked for', async () => {
    let runs = 0;
    const mine = schedules();
    const schedule = mine.every({ name: 'paused', everyMs: 60_000, work: () => Promise.resolve(void (runs += 1)) });
    await schedule.start();
    await eventually(
      () => stateOf('paused'),
      (state) => state?.lastRunAt !== null && state !== undefined,
    );
    const paused = await steer({ name: 'paused', action: 'pause' });
    expect(paused).toMatchObject({ pausedAt: expect.any(Date), steeredBy: 'cus_staff', steeredBecause: 'spec' });
    schedule.wake();
    await steer({ name: 'paused', action: 'run' }, mine);
    await eventually(
      () => runs,
      (seen) => seen === 2,
    );
    await steer({ name: 'paused', action: 'resume' }, mine);
    await eventually(
      () => runs,
      (seen) => seen === 3,
    );
    await schedule.stop();
    expect((await stateOf('paused'))?.pausedAt).toBeNull();
    expect(await steer({ name: 'nobody', action: 'run' }, mine)).toBeUndefined();
  });
});
