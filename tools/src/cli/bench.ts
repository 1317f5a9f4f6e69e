import { readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { benchMessaging } from '../bench/messaging.js';
import { headings, messagingSection, startSection, withSection } from '../bench/report.js';
import { benchStart } from '../bench/starting.js';
import { commandLine, numberOf, oneOf } from '../command-line.js';
import { Failure, runMain } from '../failure.js';
import { findJava } from '../java/java.js';
import { workspaceRoot } from '../workspace.js';

const page = join(workspaceRoot, 'docs/bench.md');

/**
 * `npm run bench -- start [--times 3] [--write]`: how soon `npm start` is ready, and what it takes at rest.
 * `npm run bench -- messaging [--log postgres|kafka] [--events 20000] [--idle-seconds 10] [--write]`: what an event costs; `--write` of either rewrites its part of docs/bench.md.
 * Anything else is the bench of the shop (`apps/e2e`), with its own arguments.
 */
await runMain(async () => {
  const [subject, ...args] = process.argv.slice(2);
  if (subject === 'start') return starting(args);
  if (subject !== 'messaging') {
    const shop = spawnSync(process.execPath, [join(workspaceRoot, 'apps/e2e/dist/cli/bench.js'), ...process.argv.slice(2)], {
      stdio: 'inherit',
    });
    process.exitCode = shop.status ?? 1;
    return;
  }
  const { values } = commandLine({
    args,
    options: {
      log: { type: 'string' },
      events: { type: 'string', default: '20000' },
      'idle-seconds': { type: 'string', default: '10' },
      write: { type: 'boolean', default: false },
    },
  });
  const [log, events, idleSeconds] = [
    oneOf('log', values.log, ['postgres', 'kafka']),
    numberOf('events', values.events),
    numberOf('idle-seconds', values['idle-seconds']),
  ];
  const java = await findJava();
  if ('missing' in java && log !== 'postgres') throw new Failure(`${java.missing} Or measure the embedded log alone: --log postgres.`);
  const logs = (['postgres', 'kafka'] as const).filter((kind) => log === undefined || kind === log);
  const report = await benchMessaging({ logs, events, idleSeconds }, (line) => console.error(line));
  show('messaging', messagingSection(report), values.write);
  process.exit(0);
});

async function starting(args: readonly string[]): Promise<void> {
  const options = { times: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } } as const;
  const { values } = commandLine({ args: [...args], options });
  show(
    'start',
    startSection(await benchStart(Math.max(1, Math.ceil(numberOf('times', values.times))), (line) => console.error(line))),
    values.write,
  );
}

function show(subject: keyof typeof headings, section: string, isWritten: boolean): void {
  console.log(section);
  if (isWritten) writeFileSync(page, withSection(readFileSync(page, 'utf8'), headings[subject], section));
}
