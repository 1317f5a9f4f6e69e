import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Enough for a stack and what was said before it. */
const shownLines = 12;

/** The lines of a log from byte `from` on; none when nobody wrote it. */
export async function linesOf(file: string, from = 0): Promise<readonly string[]> {
  const text = existsSync(file) ? (await readFile(file)).subarray(from).toString('utf8').trim() : '';
  return text === '' ? [] : text.split('\n');
}

/** The last lines of a log, from byte `from` on. */
export async function lastWords(file: string, from = 0): Promise<string> {
  return (await linesOf(file, from)).slice(-shownLines).join('\n');
}
