import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/index.js', import.meta.url).href;

const cwd = fileURLToPath(new URL('..', import.meta.url));
const env = { PATH: process.env['PATH'] ?? '' };

/** Runs a process that starts a service by `start`, an expression; its exit code and what it said. */
function endOf(start: string): readonly [number | null, string] {
  const script = `import { ConfigError, runUntilSignalled } from '${built}'; await runUntilSignalled('cart', async () => { ${start} });`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd,
    encoding: 'utf8',
    env,
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

/** Runs a process that is up when `event`, a statement, happens; its service says `stopping` and has stopped when the promise `stopped` has. */
async function endAfter(event: string, stopped: string): Promise<readonly [number | NodeJS.Signals | null, string]> {
  const script = `import { runUntilSignalled } from '${built}';
    setInterval(() => undefined, 1_000);
    await runUntilSignalled('cart', async (onFatal) => {
      setTimeout(() => { ${event} }, 50);
      return [{ stop: () => { console.log('stopping'); return ${stopped}; } }];
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  // A bound between the two limits: what is still there then has not ended on the short one.
  let bound: NodeJS.Timeout | undefined;
  child.stdout.once('data', () => (bound = setTimeout(() => child.kill('SIGKILL'), 7_500)));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(bound);
  return [code ?? signal, said];
}
const never = 'new Promise(() => undefined)';

describe('a process that is up', () => {
  it('ends with 1 on the short limit after an error nobody caught, or one that was called fatal, though its service hangs', async () => {
    const events = [`Promise.reject(new Error('nobody caught this'))`, `onFatal(new Error('nobody caught this'))`];
    for (const [code, said] of await Promise.all(events.map((event) => endAfter(event, never)))) {
      expect(code).toBe(1);
      expect(said).toContain('cart: Error: nobody caught this');
      expect(said).toContain('stopping');
    }
  });

  it('is not cut short by a signal, unless by a second one', async () => {
    const signal = `process.kill(process.pid, 'SIGTERM');`;
    const slowly = `new Promise((resolve) => setTimeout(resolve, 1_500))`;
    const ends = [endAfter(signal, slowly), endAfter(`${signal} setTimeout(() => { ${signal} }, 50);`, never)];
    expect(await Promise.all(ends)).toEqual([
      [0, 'stopping\n'],
      [1, 'stopping\n'],
    ]);
  });
});
