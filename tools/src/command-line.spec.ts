import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, commandLine, numberOf, oneOf, verbOf, WrongUsage } from './command-line.js';
import { workspaceRoot } from './workspace.js';

const options = { url: { type: 'string' }, events: { type: 'string', default: '20' }, all: { type: 'boolean', default: false } } as const;
const allowed = 'Allowed: --url VALUE, --events VALUE, --all.';

/** What is thrown, and with which code the command ends. */
function refusalOf(act: () => unknown): readonly [string, number] {
  try {
    act();
  } catch (error) {
    if (error instanceof WrongUsage) return [error.message, error.exitCode];
    throw error;
  }
  throw new Error('it was understood');
}

describe('the options of a command', () => {
  it('are read as node:util reads them', () => {
    expect(commandLine({ args: ['--url', 'u', '--all'], options }).values).toEqual({ url: 'u', events: '20', all: true });
  });

  it.each([
    [['--kafka'], "Unknown option '--kafka'."],
    [['--url'], "Option '--url <value>' argument missing."],
    [['--all=yes'], "Option '--all' does not take an argument."],
    [['list'], "Unexpected argument 'list'."],
  ])('are refused in one line that says what is allowed, with exit code 2: %j', (args, fault) => {
    expect(refusalOf(() => commandLine({ args, options }))).toEqual([`${fault} ${allowed}`, 2]);
  });

  it('that want an address, a number or one of some words say so by name', () => {
    expect([numberOf('events', '20'), oneOf('log', 'kafka', ['postgres', 'kafka']), oneOf('log', undefined, ['postgres'])]).toEqual([
      20,
      'kafka',
      undefined,
    ]);
    expect(addressOf('url', 'https://shop.example')).toBe('https://shop.example');
    for (const wrong of ['nonsense', 'localhost:3000', 'http://localhost:99999'])
      expect(refusalOf(() => addressOf('url', wrong))).toEqual([
        `Option '--url' got "${wrong}", wants an address, e.g. http://localhost:3000.`,
        2,
      ]);
    expect(refusalOf(() => numberOf('events', 'x'))).toEqual(['Option \'--events\' got "x", wants a number.', 2]);
    expect(refusalOf(() => oneOf('log', 'kafak', ['postgres', 'kafka']))).toEqual([
      'Option \'--log\' got "kafak", wants postgres or kafka.',
      2,
    ]);
  });
});

describe('the verb of a command', () => {
  const verbs = { list: [], show: ['dl_…'], replay: ['[dl_…]'], pause: ['SERVICE', 'NAME'] } as const;
  const verbIn = (...words: readonly string[]): string => verbOf(words, verbs, 'usage');

  it('is the first word, with what it wants after it', () => {
    expect([verbIn('list'), verbIn('show', 'dl_1'), verbIn('replay'), verbIn('replay', 'dl_1')]).toEqual([
      'list',
      'show',
      'replay',
      'replay',
    ]);
  });

  it.each([
    [[], 'Got nothing, wants list, show, replay or pause.'],
    [['nope'], 'Got "nope", wants list, show, replay or pause.'],
    [['show'], 'show: wants dl_….'],
    [['pause', 'order'], 'pause: wants NAME.'],
    [['list', 'dl_1'], 'list: got "dl_1", wants nothing after it.'],
    [['show', 'dl_1', 'dl_2'], 'show: got "dl_2", wants dl_… after it.'],
  ])('is refused with what is wrong before the usage, with exit code 2: %j', (words, fault) => {
    expect(refusalOf(() => verbIn(...words))).toEqual([`${fault}\nusage`, 2]);
  });
});

describe('every command', () => {
  const sources = readdirSync(join(workspaceRoot, 'tools/src/cli'));
  it.each(sources)(
    'refuses an option that it does not know: %s',
    (source) => {
      const built = join(workspaceRoot, 'tools/dist/cli', source.replace(/ts$/, 'js'));
      const { status, stderr } = spawnSync(process.execPath, [built, '--no-such-option'], { encoding: 'utf8', timeout: 20_000 });
      expect([status, stderr]).toEqual([2, expect.stringMatching(/^Unknown option '--no-such-option'\. Allowed: [^\n]+\.\n$/)]);
    },
    30_000,
  );
});
