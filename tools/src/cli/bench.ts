import { readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { benchMessaging } from '../bench/messaging.js';
import { heading, messagingSection, withSection } from '../bench/report.js';
import { commandLine, numberOf, oneOf } from '../command-line.js';
import { Failure, runMain } from '../failure.js';
import { findJava } from '../java/java.js';
import { workspaceRoot } from '../workspace.js';

const page = join(workspaceRoot, 'docs/bench.md');

/**
 * `npm run bench -- messaging [--log postgres|kafka] [--events 20000] [--idle-seconds 10] [--write]`: what an event costs; `--write` rewrites that part of docs/bench.md.
 * Anything else is the bench of the shop (`apps/e2e`), with its own arguments.
 */
await runMain(async () => {
  const [subject, ...args] = process.argv.slice(2);
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
  const section = messagingSection(report);
  console.log(section);
  if (values.write) writeFileSync(page, withSection(readFileSync(page, 'utf8'), heading, section));
  process.exit(0);
});
