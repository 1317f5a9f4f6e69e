import { resolve } from 'node:path';
import { parseStartOptions } from './options.js';

describe('the options of npm start', () => {
  it('are one process on the embedded log, seeded, by default', () => {
    expect(parseStartOptions([], {})).toEqual({
      kind: 'start',
      dataDir: expect.stringMatching(/\/\.tandem$/),
      kafka: false,
      split: false,
      replicas: new Map(),
      fresh: false,
      seed: true,
      env: {},
    });
  });

  it.each([
    ['/there', 'data', '/there/data'],
    ['/there', '/x', '/x'],
    [undefined, 'data', resolve('data')],
  ])('have a folder relative to where the command was typed (%s, %s)', (typedIn, given, dataDir) => {
    expect(parseStartOptions(['--data', given], typedIn === undefined ? {} : { INIT_CWD: typedIn })).toMatchObject({ dataDir });
  });

  it('combine; replicas need a process per service', () => {
    expect(parseStartOptions(['--kafka', '--replicas', 'order=2,inventory=3', '--data', '/x', '--fresh', '--no-seed'], {})).toEqual({
      kind: 'start',
      dataDir: '/x',
      kafka: true,
      split: true,
      replicas: new Map([
        ['order', 2],
        ['inventory', 3],
      ]),
      fresh: true,
      seed: false,
      env: {},
    });
  });

  it('leave to the services every file of a secret but those that the start itself has to know', () => {
    expect(parseStartOptions([], { STRIPE_SECRET_KEY_FILE: '/run/secrets/stripe' }).kind).toBe('start');
    expect(() => parseStartOptions([], { DATABASE_URL_FILE: '/run/secrets/db' })).toThrow(
      'DATABASE_URL_FILE: npm start reads DATABASE_URL itself; set that, e.g. DATABASE_URL="$(cat /run/secrets/db)".',
    );
  });

  it('say what is wrong and what is allowed', () => {
    expect(() => parseStartOptions(['--kafak'], {})).toThrow(
      "Unknown option '--kafak'. Allowed: --kafka, --split, --replicas VALUE, --data VALUE, --fresh, --no-seed, --help.",
    );
    expect(() => parseStartOptions(['--replicas', 'order=0'], {})).toThrow('--replicas: got "order=0", wants name=number (1 to 9)');
  });
});
