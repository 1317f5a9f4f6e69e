import { WrongUsage } from './command-line.js';
import { deadLetterCommand } from './dead-letter-command.js';

const now = new Date('2026-11-23T12:00:00.000Z');
const commandOf = (...args: string[]) => deadLetterCommand(args, now).command;

function refusalOf(...args: string[]): string {
  try {
    commandOf(...args);
  } catch (error) {
    if (error instanceof WrongUsage) return error.message.split('\n')[0] ?? '';
    throw error;
  }
  throw new Error('it was understood');
}

describe('the command about dead letters', () => {
  it('lists what a filter finds, in the words of the API', () => {
    expect(commandOf('list')).toEqual({ kind: 'list', filter: {} });
    expect(commandOf('list', '--order', 'ord_1', '--older-than', '10m', '--status', 'dead')).toEqual({
      kind: 'list',
      filter: { orderId: 'ord_1', failedBefore: '2026-11-23T11:50:00.000Z', status: 'dead' },
    });
  });

  it('asks the system it is told', () => {
    expect(deadLetterCommand(['log', '--url', 'http://shop', '--data', 'x'], now)).toEqual({
      at: { url: 'http://shop', data: 'x' },
      command: { kind: 'log' },
    });
  });

  it('steers one letter, or shows it', () => {
    expect(commandOf('show', 'dl_1')).toEqual({ kind: 'show', id: 'dl_1' });
    expect(commandOf('replay', 'dl_1', '--why', 'mended')).toEqual({ kind: 'replay-one', id: 'dl_1', body: { why: 'mended' } });
    expect(commandOf('discard', 'dl_1', '--why', 'gone')).toEqual({ kind: 'discard', id: 'dl_1', body: { reason: 'gone' } });
  });

  it('replays many by a filter or all of them; only counts them when it is a dry run, which needs no reason', () => {
    expect(commandOf('replay', '--group', 'shipping', '--per-second', '5', '--why', 'mended')).toEqual({
      kind: 'replay-many',
      body: { group: 'shipping', keysPerSecond: 5, why: 'mended', dryRun: false },
    });
    expect(commandOf('replay', '--all', '--dry-run')).toEqual({ kind: 'replay-many', body: { dryRun: true } });
  });
});

describe('the command about dead letters does nothing', () => {
  it.each(['dry-run', 'per-second=5', 'group=shipping', 'all', 'status=dead'])(
    'of what one letter is not replayed with: --%s',
    (option) => {
      const name = option.split('=')[0];
      expect(refusalOf('replay', 'dl_1', '--why', 'x', `--${option}`)).toMatch(
        new RegExp(`^replay of one: takes no --${name}, which is for .*\\. It takes --url, --data, --why\\.$`),
      );
    },
  );

  it('with a status for a replay, which is of all that is not settled', () => {
    expect(refusalOf('replay', '--all', '--status', 'dead', '--why', 'x')).toBe(
      'replay of many: takes no --status, which is for list. It takes --url, --data, --group, --type, --reason, --order, --older-than, --all, --dry-run, --per-second, --why.',
    );
  });

  it('with an option that its verb has no use for', () => {
    expect(refusalOf('discard', 'dl_1', '--why', 'x', '--dry-run')).toContain('discard: takes no --dry-run, which is for replay of many.');
    expect(refusalOf('list', '--all')).toContain('list: takes no --all');
  });

  it('without the reason it wants', () => {
    for (const args of [
      ['replay', 'dl_1'],
      ['replay', '--all'],
      ['discard', 'dl_1'],
      ['discard', 'dl_1', '--why', ''],
    ])
      expect(refusalOf(...args)).toMatch(/: wants --why, /);
  });

  it('for a replay of nothing named, also of an id that is empty, or of a filter and of all', () => {
    for (const which of [[], [''], ['--all', '--group', 'shipping']])
      expect(refusalOf('replay', ...which, '--why', 'x')).toBe('replay: wants one of an id, a filter and --all');
  });

  it('with an age or a pace that is none', () => {
    expect(refusalOf('list', '--older-than', 'old')).toBe('--older-than: got "old", wants e.g. 30s, 10m, 2h or 1d');
    expect(refusalOf('replay', '--all', '--why', 'x', '--per-second', '0')).toBe('--per-second: got "0", wants 1 to 999');
  });
});
