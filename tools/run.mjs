/** Runs a command of the tools from their current sources: `node tools/run.mjs <command> […]` builds them when needed (0.3 s when not) and starts tools/dist/cli/<command>.js. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = `${root}node_modules/typescript7/bin/tsc`;

if (!existsSync(compiler)) {
  console.error('The packages are not installed. Run "npm ci" first ("npm start" and "npm test" do it by themselves).');
  process.exit(1);
}
const build = spawnSync(process.execPath, [compiler, '-b', 'tools'], { cwd: root, stdio: ['ignore', 2, 2] });
if (build.status !== 0) process.exit(1);

const [command] = process.argv.splice(2, 1);
await import(pathToFileURL(`${root}tools/dist/cli/${command}.js`).href);
