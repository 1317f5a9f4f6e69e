import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/index.js', import.meta.url).href;

/** Runs a process that starts a service by `start`, an expression; its exit code and what it said. */
function endOf(start: string): readonly [number | null, string] {
  const script = `import { ConfigError, runUntilSignalled } from '${built}'; await runUntilSignalled('cart', async () => { ${start} });`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return [status, stderr];
}

describe('a process whose service does not start', () => {
  it('ends with 78 and in plain words when the configuration does not hold, so that nobody tries again', () => {
    expect(endOf(`throw new ConfigError('The configuration is not valid:\\n  LOG_LEVEL: got "loud"')`)).toEqual([
      78,
      'cart: The configuration is not valid:\n  LOG_LEVEL: got "loud"\n',
    ]);
  });

  it('ends with 1 and a stack for anything else', () => {
    expect(endOf(`throw new Error('the address is taken')`)).toEqual([
      1,
      expect.stringMatching(/^cart could not start: Error: the address is taken\n {4}at /),
    ]);
  });
});
