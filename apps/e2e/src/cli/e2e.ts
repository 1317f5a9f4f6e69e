import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** `npm run e2e -- [--base-url URL] [--sandbox-url URL] [jest options]`: the journeys against a running system, by default the one of `npm start`. */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'base-url': { type: 'string' }, 'sandbox-url': { type: 'string' } } });
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const env = { ...process.env, ...(values['base-url'] ? { BASE_URL: values['base-url'] } : {}), ...(values['sandbox-url'] ? { SANDBOX_URL: values['sandbox-url'] } : {}) };
const args = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand', '--testTimeout', '90000', 'apps/e2e/src/journeys', ...positionals];
spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));
