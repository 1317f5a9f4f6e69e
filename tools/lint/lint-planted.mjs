/** Lints texts as if they stood in the named files: `[{ "file", "text" }]` on stdin, `[[rule, …], …]` on stdout. For the spec of the fences. */
import { readFileSync } from 'node:fs';
import { ESLint } from 'eslint';
import { root } from './where.mjs';

const eslint = new ESLint({ cwd: root });
const found = [];
for (const { file, text } of JSON.parse(readFileSync(0, 'utf8'))) {
  const [result] = await eslint.lintText(text, { filePath: `${root}${file}` });
  found.push(result?.messages.map(({ ruleId, message }) => ruleId ?? message) ?? ['the file is not linted']);
}
process.stdout.write(JSON.stringify(found));
